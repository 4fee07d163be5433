import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { WorkNode } from '../ModelWork.js'
import { LayerParams } from './LayerParams.js'
import { isKernel, Kernel } from './rules/Kernel.js'

const approximated = new Set(
  `Softmax Sigmoid TanH Swish GELU Mish Erf ELU SELU CELU Softplus Exp Log Power BNLL GLU LayerNorm RMSNorm
  GroupNorm InstanceNorm MVN Normalize LRN LSTM GRU RNN MultiHeadAttention SDPA`.split(/\s+/),
)
/** Operations of UnaryOp from sqrt and rsqrt on, but for reciprocal, round and trunc (unaryop.h). */
const approximatedUnary = new Set([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17])
/** Activations inside a convolution or inner product: sigmoid and mish (fused_activation.h). */
const approximatedActivation = new Set([4, 5])

export function ncnnWork(layer: NcnnLayer): WorkNode {
  return {
    inputs: layer.inputs,
    outputs: layer.outputs,
    dot: dotOf(layer),
    approximated: isApproximated(layer),
  }
}

function dotOf(layer: NcnnLayer): number | undefined {
  const params = new LayerParams(layer)
  if (isKernel(layer.type)) {
    const { weights, outputs, dynamic } = new Kernel(params)
    return dynamic ? 0 : whole(weights / outputs)
  }
  switch (layer.type) {
    case 'InnerProduct':
      return whole(params.int(2) / params.int(0))
    case 'Gemm':
      return Math.max(0, params.int(9))
    case 'LSTM':
    case 'GRU':
    case 'RNN':
    case 'MultiHeadAttention':
      return Math.max(0, params.int(0))
    case 'MatMul':
    case 'SDPA':
    case 'Einsum':
      return 0
    default:
      return undefined
  }
}

function whole(length: number): number {
  return Number.isFinite(length) && length > 0 ? Math.ceil(length) : 0
}

function isApproximated(layer: NcnnLayer): boolean {
  const params = new LayerParams(layer)
  if (layer.type === 'UnaryOp') return approximatedUnary.has(params.int(0))
  const fused = isKernel(layer.type) || layer.type === 'InnerProduct'
  return approximated.has(layer.type) || (fused && approximatedActivation.has(params.int(9)))
}
