import { compareTensors } from '../compare/compareTensors.js'
import { IDENTICAL_DB } from '../compare/identicalDb.js'
import type { Tensor } from '../tensor/Tensor.js'

export interface RepeatedRun {
  readonly outputs: Readonly<Record<string, Tensor>>
  /** By output: least SQNR in dB of a later run against the first, null for a NaN on one side only. */
  readonly noiseFloorDb: ReadonlyMap<string, number | null>
}

/** Runs once, and again to learn how far the model differs from itself. Keeps the first run's outputs. */
export async function runRepeatedly(
  run: () => Promise<Readonly<Record<string, Tensor>>>,
  repeat: number,
): Promise<RepeatedRun> {
  const outputs = await run()
  const noiseFloorDb = new Map<string, number | null>(
    Object.keys(outputs).map((name) => [name, IDENTICAL_DB]),
  )
  for (let i = 1; i < repeat; i++) {
    for (const [name, again] of Object.entries(await run())) {
      noiseFloorDb.set(name, worse(noiseFloorDb.get(name)!, noiseOf(outputs[name]!, again)))
    }
  }
  return { outputs, noiseFloorDb }
}

function noiseOf(first: Tensor, again: Tensor): number | null {
  // Nothing can differ, and nothing be compared.
  if (first.length === 0) return IDENTICAL_DB
  const { sqnrDb, maxAbs, worst } = compareTensors(first, again)
  return worst === null && maxAbs === 0 ? IDENTICAL_DB : sqnrDb
}

function worse(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b)
}
