import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import { LayerParams } from './LayerParams.js'

/** How many inputs and outputs a layer's forward() indexes without looking. */
export interface Arity {
  readonly leastInputs: number
  /** load_param refuses more where the layer takes one blob (one_blob_only). */
  readonly mostInputs: number
  readonly leastOutputs: number
  readonly mostOutputs: number
}

const many = Number.POSITIVE_INFINITY

const fixed: Readonly<Record<string, readonly [inputs: number, least: number, most: number]>> = {
  Input: [0, 1, many],
  MemoryData: [0, 1, 1],
  Split: [1, 1, many],
  Slice: [1, 1, many],
  Eltwise: [2, 1, 1],
  MatMul: [2, 1, 1],
  CopyTo: [2, 1, 1],
  GridSample: [2, 1, 1],
  DeformableConv2D: [2, 1, 1],
  RotaryEmbed: [3, 1, 1],
  ROIPooling: [2, 1, 1],
  ROIAlign: [2, 1, 1],
  PSROIPooling: [2, 1, 1],
  DetectionOutput: [3, 1, 1],
  Proposal: [3, 1, 2],
  YoloDetectionOutput: [1, 1, many],
  Noop: [0, 0, many],
  LSTM: [1, 1, 3],
  GRU: [1, 1, 2],
  RNN: [1, 1, 2],
}

/** Layers that take one blob whatever their parameters are. */
const oneBlob = new Set(
  `AbsVal BatchNorm Bias BNLL Cast CELU Clip Convolution3D ConvolutionDepthWise3D CumulativeSum Deconvolution3D
  DeconvolutionDepthWise3D DeepCopy Dequantize Diag Dropout ELU Embed Erf Exp ExpandDims Flatten Flip Fold GELU GLU
  GroupNorm HardSigmoid HardSwish InnerProduct InstanceNorm InverseSpectrogram LayerNorm Log LRN Mish MVN Normalize
  Packing Padding Permute PixelShuffle Pooling Pooling1D Pooling3D Power PReLU Quantize Reduction ReLU Reorg
  Requantize RMSNorm SELU Shrink ShuffleChannel Sigmoid Softmax Softplus Spectrogram Squeeze StatisticsPooling Swish
  TanH Threshold Tile UnaryOp Unfold`.split(/\s+/),
)

/** The arity of a layer with its parameters. */
export function arityOf(layer: NcnnLayer): Arity {
  const known = Object.hasOwn(fixed, layer.type) ? fixed[layer.type] : undefined
  const [leastInputs, leastOutputs, mostOutputs] = known ?? fromParams(layer.type, new LayerParams(layer))
  const mostInputs = oneBlob.has(layer.type) ? 1 : many
  return { leastInputs, mostInputs, leastOutputs, mostOutputs }
}

function fromParams(type: string, params: LayerParams): readonly [number, number, number] {
  switch (type) {
    case 'BinaryOp':
      return [params.int(1) !== 0 ? 1 : 2, 1, 1]
    case 'Scale':
      return [params.int(0) === -233 ? 2 : 1, 1, 1]
    case 'Gemm':
      return [Number(params.int(4) !== 1) + Number(params.int(5) !== 1), 1, 1]
    case 'Interp':
      return [params.int(5) === 1 ? 2 : 1, 1, 1]
    case 'MultiHeadAttention':
      return attention(params, 1)
    case 'SDPA':
      return attention(params, 3)
  }
  const dynamicKey = type.startsWith('Convolution') ? 19 : type.startsWith('Deconvolution') ? 28 : undefined
  if (dynamicKey === undefined || params.int(dynamicKey) === 0) return [1, 1, 1]
  return [params.int(5) !== 0 ? 3 : 2, 1, 1]
}

function attention(params: LayerParams, inputs: number): readonly [number, number, number] {
  const mask = Number(params.int(5) !== 0)
  const cached = params.int(7) !== 0
  return [inputs + mask + (cached ? 2 : 0), cached ? 3 : 1, cached ? 3 : 1]
}
