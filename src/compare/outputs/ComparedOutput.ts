import type { Explanation } from '../explain.js'
import type { OutputComparison } from '../OutputComparison.js'
import type { PairedBy } from '../OutputPair.js'
import type { Verdict } from '../Verdict.js'

/** One output of a candidate. The measurements are absent where there was nothing to measure. */
export type ComparedOutput = Partial<OutputComparison> & {
  readonly name: string
  /** What the candidate calls it, where that is another name. */
  readonly candidateName?: string
  /** Why these two are compared; absent where nothing was. */
  readonly pairedBy?: PairedBy
  /** The reference's output whose values these are, where that is another one. */
  readonly holds?: string
  /** What the numbers look like, where the verdict is no pass; null: they tell nothing. */
  readonly explanation?: Explanation | null
  readonly verdict: OutputVerdict
}

/** The short form where nothing was measured, or nobody can say which rule holds for the precision that ran. */
export type OutputVerdict =
  | Verdict
  | { readonly pass: false; readonly inconclusive?: true; readonly reason: string; readonly wouldPass?: null }
