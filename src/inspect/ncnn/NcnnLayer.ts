import type { ParamValue } from './ParamValue.js'

/** One line of a .param. */
export interface NcnnLayer {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly params: ReadonlyMap<number, ParamValue>
  /** Counted from 1, as editors do. */
  readonly line: number
}
