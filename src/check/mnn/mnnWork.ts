import type { WorkNode } from '../ModelWork.js'
import { collectWeights } from './collectWeights.js'
import type { MnnOperator } from './MnnModel.js'
import { parameterKind, slots } from './mnnSlots.js'

/** UnaryOpOperation_GELU of MNN's schema, which is the tanh formula; GELU_STANDARD (33) is the one by erf. */
const tanhGelu = 32
const multiplying = new Set(
  `Convolution ConvolutionDepthwise Deconvolution DeconvolutionDepthwise ConvInt8 DepthwiseConvInt8
  InnerProduct MatMul BatchMatMul LSTM RNNSequenceGRU Convolution3D ConvTranspose3D Attention`.split(/\s+/),
)

export function mnnWork(operator: MnnOperator): WorkNode {
  const { inputs, outputs, type } = operator
  return {
    inputs,
    outputs,
    dot: multiplying.has(type) ? dotOf(operator) : undefined,
    approximated: type === 'SplitGeLU' || isTanhGelu(operator),
  }
}

function dotOf(operator: MnnOperator): number {
  const { main, kind, name } = operator
  if (kind === parameterKind.Convolution2D) {
    const common = main?.table(slots.convolution.common, name)
    const int = (slot: number) => common?.int32(slot, 1, name) ?? 1
    const inputs = common?.int32(slots.common.inputs, 0, name) ?? 0
    const kernel = int(slots.common.kernelX) * int(slots.common.kernelY)
    const isDepthwise = operator.type.toLowerCase().includes('depthwise')
    if (isDepthwise) return Math.max(0, kernel)
    if (inputs > 0) return Math.max(0, Math.floor((kernel * inputs) / Math.max(1, int(slots.common.group))))
  }
  const weight = collectWeights(operator).tensors.find(({ role }) => role === 'weight')
  return weight && weight.channels > 1 ? weight.count / weight.channels : 0
}

function isTanhGelu({ type, kind, main, name }: MnnOperator): boolean {
  if (type !== 'UnaryOp' || kind !== parameterKind.UnaryOp) return false
  return main?.int32(slots.unary.operation, 0, name) === tanhGelu
}
