import { product } from './dice.mjs'

const windows =
  /^(Convolution|ConvolutionDepthwise|Deconvolution|DeconvolutionDepthwise|ConvInt8|DepthwiseConvInt8|Conv2DBackPropFilter)$/
const ranks = [
  [/3D$/, 5],
  [windows, 4],
  [
    /^(Pooling|PoolGrad|Interp|Resize|ROI|GridSample|SpaceTo|DepthTo|BatchTo|LRN|Im2Col|Dilation2D|ImageProcess)/,
    4,
  ],
  [/^(CropAndResize|PriorBox|Proposal|Scale|PReLU|Normalize|Crop|Attention|LinearAttention)$/, 4],
  [/^(Stft|RNNSequenceGRU|LSTM|RNN|MatMul)$/, 3],
  [/^(Det|Svd|MatrixBandPart|Histogram)$/, 2],
]

/** How many dimensions the first input of an operator of a type should have. */
export const rankFor = (type) => ranks.find(([pattern]) => pattern.test(type))?.[1]

/** Those whose first input is rather a constant: what it is. */
export function firstConstant(type, { below, list }) {
  if (/^(Fill|RandomUniform|RandomNormal)$/.test(type))
    return { dims: [3], ints: list(3, () => 1 + below(5)) }
  if (type === 'NonMaxSuppressionV2') {
    const boxes = 1 + below(6)
    return { dims: [boxes, 4], floats: list(4 * boxes, () => below(9)) }
  }
  if (type === 'OneHot') return { dims: [4], ints: list(4, () => below(4)) }
  if (type === 'UnravelIndex') return { dims: [3], ints: list(3, () => below(60)) }
  if (/^(Range|LinSpace|TensorArray)$/.test(type)) return { dims: [], ints: [below(5)] }
  if (type === 'Select') return { dims: [1], ints: [below(2)] }
  return undefined
}

/** Makes the parameters of an operator fit to an input of this shape, as a converter would have written them. */
export function settle(type, made, shape, dice) {
  const { pick, list, below, next, chance } = dice
  const rank = shape.length
  const channels = shape[1] ?? shape[0] ?? 1
  const floats = (count) => list(Math.min(count, 20_000), () => next() - 0.5)
  const axis = () => below(Math.max(1, rank))
  const order = shape.map((_, i) => i)
  if (windows.test(type)) return window(type, made, channels, dice)
  switch (type) {
    case 'Convolution3D':
    case 'ConvTranspose3D': {
      const [outputCount, kernel] = [pick([1, 2, 3, 4, 8]), list(3, () => pick([1, 2, 3]))]
      made.common = {
        ...{ kernels: kernel, strides: [1, 1, pick([1, 2])], dilates: [1, 1, 1], pads: [0, pick([0, 1]), 0] },
        ...{ outputCount, inputCount: channels, group: 1, relu: chance(0.3) },
      }
      made.weight = floats(outputCount * channels * product(kernel))
      made.bias = floats(outputCount)
      return
    }
    case 'Im2Col':
    case 'Col2Im':
    case 'Dilation2D': {
      const common = {
        kernelX: pick([1, 2, 3]),
        kernelY: pick([1, 2, 3]),
        strideX: 1,
        strideY: 1,
        dilateX: 1,
        dilateY: 1,
      }
      made.common = {
        ...common,
        outputCount: channels,
        inputCount: channels,
        group: 1,
        padX: below(2),
        padY: below(2),
      }
      if (type === 'Dilation2D') made.weight = floats(channels * common.kernelX * common.kernelY)
      return
    }
    case 'Pooling':
    case 'PoolGrad':
      for (const field of ['kernelX', 'kernelY']) made[field] = pick([1, 2, 3])
      for (const field of ['strideX', 'strideY']) made[field] = pick([1, 1, 2])
      for (const field of ['padX', 'padY']) made[field] = pick([0, 0, 1])
      delete made.pads
      return
    case 'Pooling3D':
      return Object.assign(made, {
        kernels: list(3, () => pick([1, 2])),
        strides: [1, 1, 1],
        pads: [0, 0, 0],
      })
    case 'Scale':
      return Object.assign(made, { channels, scaleData: floats(channels), biasData: floats(channels) })
    case 'PReLU': {
      const slopeCount = pick([1, channels])
      return Object.assign(made, { slopeCount, slope: floats(slopeCount) })
    }
    case 'Normalize':
      return Object.assign(made, { scale: floats(channels), channelShared: 0 })
    case 'InnerProduct': {
      const outputCount = 1 + below(6)
      const weightSize = outputCount * product(shape.slice(1))
      return Object.assign(made, {
        outputCount,
        weightSize,
        biasTerm: 1,
        weight: floats(weightSize),
        bias: floats(outputCount),
      })
    }
    case 'Permute':
      return Object.assign(made, { dims: pick([order.toReversed(), [...order.slice(1), 0].slice(0, rank)]) })
    case 'LayerNorm': {
      const count = shape.at(-1) ?? 1
      const group = pick([1, 0, 0])
      return Object.assign(made, { axis: [rank - 1], gamma: floats(count), beta: floats(count), group })
    }
    case 'Squeeze':
    case 'Unsqueeze':
      return Object.assign(made, {
        squeezeDims: [shape.includes(1) && type === 'Squeeze' ? shape.indexOf(1) : axis()],
      })
    case 'Reduction':
      return Object.assign(made, { dim: pick([[axis()], [], order]) })
    case 'Slice':
      return Object.assign(made, { axis: axis(), slicePoints: pick([[], [1], [1, 1]]) })
    case 'StridedSlice':
      for (const name of Object.keys(made)) if (/Mask|fromType/.test(name)) made[name] = pick([0, 0, 0, 1])
      return
    case 'DepthToSpace':
    case 'SpaceToDepth':
      return Object.assign(made, { blockSize: pick([1, 2]) })
    case 'Resize':
      return Object.assign(made, { xScale: pick([0.5, 1, 2]), yScale: pick([0.5, 1, 2]) })
    case 'Interp':
    case 'Interp3D':
      for (const name of ['widthScale', 'heightScale', 'depthScale']) made[name] = pick([0.5, 1, 2, 0])
      return
    default:
      for (const [name, value] of Object.entries(made)) {
        if (/axis|dim$/i.test(name) && typeof value === 'number') made[name] = axis()
        if (/external|quanParameter/.test(name)) delete made[name]
      }
  }
}

function window(type, made, channels, { pick, list, next, below, chance }) {
  const isDepthwise = /epthwise/.test(type)
  const outputCount = isDepthwise ? channels : pick([1, 2, 3, 4, 8])
  const [kernelX, kernelY] = list(2, () => pick([1, 2, 3]))
  const group = isDepthwise ? channels : pick([1, 1, 1, channels])
  const { pads, outPads, ...kept } = made.common ?? {}
  made.common = {
    ...kept,
    ...(chance(0.2) && pads ? { pads } : {}),
    ...(chance(0.2) && outPads ? { outPads } : {}),
  }
  for (const field of ['strideX', 'strideY', 'dilateX', 'dilateY']) made.common[field] = pick([1, 1, 2, 1, 3])
  for (const field of ['padX', 'padY']) made.common[field] = pick([0, 1, 2])
  Object.assign(made.common, {
    kernelX,
    kernelY,
    outputCount,
    inputCount: pick([channels, channels, 0]),
    group,
  })
  const count = Math.floor((outputCount * channels * kernelX * kernelY) / Math.max(1, group))
  const off = chance(0.06) ? pick([1, -1, 4]) : 0
  const weights = (make) => list(Math.min(count + off, 20_000), make)
  delete made.quanParameter
  if (/Int8/.test(type)) {
    const scale = list(outputCount, () => next() + 0.01)
    const bias = list(outputCount, () => below(9))
    made.symmetricQuan = {
      ...made.symmetricQuan,
      weight: weights(() => below(255) - 127),
      bias,
      scale,
      nbits: 8,
    }
    return
  }
  made.weight = weights(() => next() - 0.5)
  made.bias = list(chance(0.9) ? outputCount : below(9), () => 0.1)
}
