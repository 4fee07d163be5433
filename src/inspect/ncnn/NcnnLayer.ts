import type { ParamValue } from './ParamValue.js'

/** One layer of a .param: a line where it is text. */
export interface NcnnLayer {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** What the file notes for each output, in NumPy order; null where it notes nothing. */
  readonly shapes: readonly (readonly number[] | null)[]
  /** Absent unless they were asked for: most of a large report, and seldom read. */
  readonly params?: ReadonlyMap<number, ParamValue>
  /** Counted from 1, as editors do. In a binary .param, which has no lines: the one it would have as text. */
  readonly line: number
  /** The length of its longest dot product, 0 where that depends on the input; null where it has none. */
  readonly dot: number | null
  /** GELU by the tanh formula, in place of the one by erf. */
  readonly approximated: boolean
}
