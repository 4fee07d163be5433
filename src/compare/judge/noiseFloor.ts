import { answering } from '../../errors/answering.js'
import { IDENTICAL_DB } from '../../format/numbers.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { compareTensors } from '../measure/compareTensors.js'

/** How far repeated runs of one model on one input are from each other. */
export interface Noise {
  readonly runs: number
  readonly deterministic: boolean
  /** The least SQNR between the first and any other run, in dB; IDENTICAL_DB where they agree bit for bit. */
  readonly outputs: readonly { readonly name: string; readonly sqnrDb: number }[]
}

/**
 * Runs `runs` - 1 times more, and compares each with the first run: a model may differ from itself. `runAgain` gets
 * the run's number, from 2 on.
 */
export async function measureNoise(
  first: NamedTensors,
  runs: number,
  runAgain: (run: number) => Promise<NamedTensors>,
): Promise<Noise> {
  const floors = new Map(Object.keys(first).map((name) => [name, IDENTICAL_DB]))
  for (let run = 2; run <= runs; run++) {
    const again = await runAgain(run)
    for (const [name, floor] of floors) {
      floors.set(name, Math.min(floor, noiseFloor(first[name]!, again[name]!)))
    }
  }
  const outputs = [...floors].map(([name, sqnrDb]) => ({ name, sqnrDb }))
  return { runs, deterministic: outputs.every(({ sqnrDb }) => sqnrDb === IDENTICAL_DB), outputs }
}

/**
 * The SQNR in dB between two runs of one model on the same input; IDENTICAL_DB where they agree bit for bit, which
 * nearly every engine's do. -IDENTICAL_DB where one has a NaN, Infinity or shape that the other has not.
 */
export const noiseFloor = answering('noiseFloor', function noiseFloor(first: Tensor, again: Tensor): number {
  if (first.shape.join() !== again.shape.join()) return -IDENTICAL_DB
  if (bytesOf(first).equals(bytesOf(again))) return IDENTICAL_DB
  return compareTensors(first, again, { classAxis: null }).sqnrDb ?? -IDENTICAL_DB
})

function bytesOf({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
