import { IDENTICAL_DB } from '../../format/decibels.js'
import type { NamedTensors } from '../../tensor/NamedTensors.js'
import { noiseFloor } from '../noiseFloor.js'
import type { Noise } from './Noise.js'

/** Runs `runs` - 1 times more, and compares each with the first run: a model may differ from itself. */
export async function measureNoise(
  first: NamedTensors,
  runs: number,
  runAgain: () => Promise<NamedTensors>,
): Promise<Noise> {
  const floors = new Map(Object.keys(first).map((name) => [name, IDENTICAL_DB]))
  for (let run = 1; run < runs; run++) {
    const again = await runAgain()
    for (const [name, floor] of floors) {
      floors.set(name, Math.min(floor, noiseFloor(first[name]!, again[name]!)))
    }
  }
  const outputs = [...floors].map(([name, sqnrDb]) => ({ name, sqnrDb }))
  return { runs, deterministic: outputs.every(({ sqnrDb }) => sqnrDb === IDENTICAL_DB), outputs }
}
