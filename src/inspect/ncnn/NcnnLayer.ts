import type { ParamValue } from './ParamValue.js'

/** One layer of a .param: a line where it is text. */
export interface NcnnLayer {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly params: ReadonlyMap<number, ParamValue>
  /** Counted from 1, as editors do. In a binary .param, which has no lines: the one it would have as text. */
  readonly line: number
}
