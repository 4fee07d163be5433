import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { WorkNode } from '../ModelWork.js'
import { LayerParams } from './LayerParams.js'
import { isKernel, Kernel } from './rules/Kernel.js'

export function ncnnWork(layer: NcnnLayer): WorkNode {
  return {
    inputs: layer.inputs,
    outputs: layer.outputs,
    dot: dotOf(layer),
    approximated: isTanhGelu(layer),
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

/** `fast_gelu`: the tanh formula in place of the one by erf. */
function isTanhGelu(layer: NcnnLayer): boolean {
  return layer.type === 'GELU' && new LayerParams(layer).int(0) === 1
}
