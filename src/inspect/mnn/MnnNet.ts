import type { MnnOp } from './MnnOp.js'

/** What twinfer reads from an .mnn; weights stay where they are. */
export interface MnnNet {
  readonly ops: readonly MnnOp[]
  readonly outputNames: readonly string[]
  /** Names of the graphs inside If and While. */
  readonly subgraphs: readonly string[]
  readonly converter: string
  readonly source: string
  readonly bizCode: string
  readonly uuid: string
}
