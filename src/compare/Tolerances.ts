import { answering } from '../errors/answering.js'
import type { Tolerance } from './Tolerance.js'

/** Tolerances by output. */
export interface Tolerances {
  /** For every output, save for what its own says. */
  readonly all: Tolerance
  readonly byOutput: ReadonlyMap<string, Tolerance>
}

/** The one for an output, or undefined where none was given: its precision decides. */
export const toleranceFor = answering(
  'toleranceFor',
  function toleranceFor({ all, byOutput }: Tolerances, output: string): Tolerance | undefined {
    const merged = { ...all, ...byOutput.get(output) }
    return Object.keys(merged).length === 0 ? undefined : merged
  },
)
