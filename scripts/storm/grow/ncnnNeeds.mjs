import { product } from './dice.mjs'

/** How many inputs a layer of a type may well have, where that is not one. */
export const inputCounts = {
  BinaryOp: [1, 2],
  Concat: [1, 4],
  Convolution: [1, 2],
  Convolution1D: [1, 2],
  ConvolutionDepthWise: [1, 2],
  CopyTo: [2, 2],
  Crop: [1, 2],
  Deconvolution: [1, 2],
  DeformableConv2D: [2, 3],
  DetectionOutput: [3, 3],
  Einsum: [1, 3],
  Eltwise: [2, 4],
  GRU: [1, 2],
  Gemm: [1, 3],
  GridSample: [2, 2],
  Interp: [1, 2],
  LSTM: [1, 3],
  MatMul: [2, 2],
  MemoryData: [0, 0],
  MultiHeadAttention: [1, 6],
  PSROIPooling: [2, 2],
  PriorBox: [1, 2],
  Proposal: [3, 3],
  RNN: [1, 2],
  ROIAlign: [2, 2],
  ROIPooling: [2, 2],
  Reshape: [1, 3],
  RotaryEmbed: [3, 3],
  SDPA: [3, 6],
  Scale: [1, 2],
  YoloDetectionOutput: [1, 2],
  Yolov3DetectionOutput: [1, 3],
}

const ranks = [
  [
    /^(Deconvolution|Convolution|Pooling)\w*1D$|^(LSTM|GRU|RNN|MultiHeadAttention|Fold|InverseSpectrogram)$/,
    2,
  ],
  [/3D$/, 4],
  [
    /^(De)?[cC]onvolution|^Deformable|^(Pooling|ROI|PSROI|PixelShuffle|ShuffleChannel|Reorg|Unfold|LRN|PriorBox)/,
    3,
  ],
  [/^(Proposal|SDPA|RotaryEmbed|Yolo|StatisticsPooling|GridSample|Interp)/, 3],
  [/^(Embed|Spectrogram)$/, 1],
]

/** How many dimensions the first input of a layer of a type should have. */
export const rankFor = (type) => ranks.find(([pattern]) => pattern.test(type))?.[1]

/**
 * Shapes of the inputs behind the first that a layer with these parameters reads: made to fit, where nothing that happens
 * to be there would. `get(id, usual)` is a parameter.
 */
export function companions(type, [c = 1, h = 1, w = 1], get, { pick, below, list }) {
  const outWidth = (size, kernel, stride, dilation, pads) =>
    Math.max(1, Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1)
  switch (type) {
    case 'GridSample':
      return [
        pick([
          [1 + below(9), 1 + below(9), 2],
          [2, 1 + below(9), 1 + below(9)],
        ]),
      ]
    case 'DeformableConv2D': {
      const [kw, kh] = [get(1, 1), get(11, get(1, 1))]
      const ow = outWidth(w, kw, get(3, 1), get(2, 1), get(4, 0) + get(15, get(4, 0)))
      const oh = outWidth(
        h,
        kh,
        get(13, get(3, 1)),
        get(12, get(2, 1)),
        get(14, get(4, 0)) + get(16, get(14, get(4, 0))),
      )
      return [
        [2 * kw * kh, oh, ow],
        [kw * kh, oh, ow],
      ]
    }
    case 'ROIAlign':
    case 'ROIPooling':
    case 'PSROIPooling':
      return [pick([[5], [4], [1, 4], [1, 5], [3, 5]])]
    case 'RotaryEmbed':
      return list(2, () => [h, Math.max(1, w >> 1)])
    case 'DetectionOutput': {
      const boxes = 1 + below(12)
      return [[boxes * get(0, 1)], [2, boxes * 4]]
    }
    case 'Proposal':
      return [[2 * c, h, w], [3]]
    case 'SDPA': {
      const length = 1 + below(9)
      const more = get(5, 0) ? [[h, length + (get(7, 0) ? h : 0)]] : []
      return [[c, length, w], [c, length, 1 + below(9)], ...more]
    }
    case 'MultiHeadAttention':
      return list(2, () => [1 + below(9), w])
    case 'MatMul':
    case 'Gemm':
      return [
        pick([
          [w, 1 + below(12)],
          [1 + below(12), w],
          [c, w, 1 + below(12)],
        ]),
        [1 + below(12)],
      ]
    case 'Convolution':
    case 'Convolution1D':
      return [[get(0, 1), c, get(11, get(1, 1)), get(1, 1)], [get(0, 1)]]
    default:
      return list(5, () => [c, h, w])
  }
}

/** The parameter that says how many weights a layer has, and how many it should: undefined for layers that say none. */
export function weightsOf(type, shape, get, { chance }) {
  const [first = 1] = shape
  const last = shape.at(-1) ?? 1
  if (/^(De)?[cC]onvolution|^DeformableConv2D/.test(type)) {
    const high = /1D/.test(type) ? 1 : get(11, get(1, 0))
    const kernel = get(1, 0) * high * (/3D/.test(type) ? get(21, get(1, 0)) : 1)
    const groups = /DepthWise/.test(type) ? Math.max(1, get(7, 1)) : 1
    return [6, Math.floor((get(0, 0) * first * kernel) / groups)]
  }
  if (type === 'InnerProduct')
    return [2, get(0, 0) * (chance(0.7) && shape.length === 2 ? last : product(shape))]
  if (type === 'Embed') return [3, get(0, 0) * get(1, 0)]
  if (type === 'MultiHeadAttention') return [2, get(0, 0) * last]
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[type]
  if (gates === undefined) return undefined
  const hidden = type === 'LSTM' ? get(3, get(0, 0)) : get(0, 0)
  return [1, hidden * gates * (get(2, 0) === 2 ? 2 : 1) * last]
}
