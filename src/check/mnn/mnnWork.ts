import type { WorkNode } from '../ModelWork.js'
import { collectWeights } from './collectWeights.js'
import type { MnnOperator } from './MnnModel.js'
import { parameterKind, slots } from './mnnSlots.js'

const approximated = new Set(
  `Softmax Sigmoid TanH ELU Selu Exp Log Power LayerNorm GroupNorm InstanceNorm Normalize LRN LSTM
  LSTMBlockCell RNNSequenceGRU RNN Attention LinearAttention FmhaV2 Fmhca SplitGeLU`.split(/\s+/),
)
/** UnaryOpOperation of MNN's schema: square roots, exponentials, logarithms and what is made of them. */
const approximatedUnary = new Set([
  5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28, 29, 30, 32, 33, 34,
])
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
    approximated: approximated.has(type) || isApproximatedUnary(operator),
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

function isApproximatedUnary({ type, kind, main, name }: MnnOperator): boolean {
  if (type !== 'UnaryOp' || kind !== parameterKind.UnaryOp) return false
  return approximatedUnary.has(main?.int32(slots.unary.operation, 0, name) ?? 0)
}
