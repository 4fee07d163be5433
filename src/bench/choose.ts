import { precisions } from '../model/options.js'
import type { Setting } from './Setting.js'
import { areEqual, median } from './statistics.js'

type Comparable = Pick<Setting, 'precision' | 'threads' | 'device' | 'engineOptions'>

/** What is preferred where times are equal: fewer switches, the CPU, fewer threads, the earlier word of precision. */
export function compareSimplicity(a: Comparable, b: Comparable): number {
  const [one, other] = [simplicity(a), simplicity(b)]
  for (const [at, value] of one.entries()) if (value !== other[at]) return value - other[at]!
  return JSON.stringify(a.engineOptions) < JSON.stringify(b.engineOptions) ? -1 : 1
}

function simplicity({ precision, threads, device, engineOptions }: Comparable): readonly number[] {
  return [
    Object.keys(engineOptions).length,
    device === 'cpu' ? 0 : 1,
    threads ?? 0,
    precisions.indexOf(precision),
  ]
}

/** A setting with the medians of its rounds. */
export interface Candidate<S extends Comparable = Setting> {
  readonly setting: S
  readonly rounds: readonly number[]
}

/** The simplest of those that are equal to the fastest within the noise. Undefined where nothing was measured. */
export function chooseFastest<C extends Candidate<Comparable>>(candidates: readonly C[]): C | undefined {
  const measured = candidates.filter(({ rounds }) => rounds.length > 0)
  const [fastest] = measured.toSorted((a, b) => median(a.rounds) - median(b.rounds))
  if (!fastest) return undefined
  const equal = measured.filter((one) => one === fastest || areEqual(fastest.rounds, one.rounds))
  return equal.toSorted((a, b) => compareSimplicity(a.setting, b.setting))[0]
}
