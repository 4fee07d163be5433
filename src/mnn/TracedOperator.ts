import type { Tensor as HostTensor } from '../tensor/Tensor.js'

/** One command that MNN ran: generated ones are called `<operator>_raster_<n>`, fused operators are missing. */
export interface TracedOperator {
  readonly name: string
  readonly type: string
  /** Millions of floating-point operations. */
  readonly flops: number
  /** Milliseconds that it took. */
  readonly ms: number
  /** Copies, unpacked; empty unless `values` was asked for. */
  readonly outputs: readonly HostTensor[]
}
