import { product } from './dice.mjs'

/** Operators with several outputs, and the most that are asked for. */
export const outputCounts = {
  LSTM: 3,
  MoE: 2,
  RNN: 2,
  RNNSequenceGRU: 2,
  Slice: 3,
  Svd: 3,
  TopKV2: 2,
  Unique: 3,
  Unpack: 3,
}

/**
 * Constants that an operator of a type reads behind its first input of this shape, made to fit: { dims, ints } or { dims,
 * floats } each. Undefined for one that reads none of its own.
 */
export function constantsFor(type, shape, { pick, below, list, chance, next }) {
  const rank = shape.length
  const scalar = (value) => ({ dims: chance(0.5) ? [] : [1], ints: [value] })
  const row = (ints) => ({ dims: [ints.length], ints })
  const floats = (dims) => ({ dims, floats: list(product(dims), () => next() * 2 - 0.5) })
  const axis = () => scalar(pick([0, rank - 1, -1, below(Math.max(1, rank))]))
  const last = shape.at(-1) ?? 1
  const order = shape.map((_, i) => i)
  const boxes = 1 + below(4)
  switch (type) {
    case 'Reshape':
    case 'QuantizedReshape':
      return [row(pick([[-1], shape.toReversed(), [...shape, 1], [0, -1], [product(shape)], [1, ...shape]]))]
    case 'Transpose':
      return [row(pick([order.toReversed(), [...order.slice(1), 0], order]))]
    case 'Padding':
      return [{ dims: [rank, 2], ints: list(2 * rank, () => pick([0, 0, 1, 2])) }]
    case 'Tile':
      return [row(list(rank, () => pick([1, 1, 2, 3])))]
    case 'SliceTf': {
      const starts = shape.map((size) => below(size))
      return [row(starts), row(shape.map((size, i) => pick([-1, size - starts[i], 1])))]
    }
    case 'StridedSlice':
      return [row(shape.map(() => 0)), row(shape), row(shape.map(() => pick([1, 1, 2])))]
    case 'Gather':
    case 'GatherV2':
      return [row(list(1 + below(4), () => below(Math.min(...shape, 4)))), axis()]
    case 'GatherND':
      return [{ dims: [2, 1], ints: [0, below(shape[0] ?? 1)] }]
    case 'GatherElements':
    case 'Select':
      return [{ dims: shape, ints: list(product(shape), () => below(2)) }, floats(shape)]
    case 'ScatterElements':
      return [{ dims: shape, ints: list(product(shape), () => 0) }, floats(shape), axis()]
    case 'ScatterNd':
      return [{ dims: [2, 1], ints: [0, 1] }, floats([2, ...shape.slice(1)]), row(shape)]
    case 'BroadcastTo':
      return [row(pick([shape, [2, ...shape], shape.map((size) => (size === 1 ? 3 : size))]))]
    case 'Fill':
      return [scalar(1 + below(4))]
    case 'OneHot':
      return [scalar(1 + below(9)), scalar(1), scalar(0)]
    case 'TopKV2':
      return [scalar(1 + below(Math.max(1, last)))]
    case 'Reduction':
    case 'Reverse':
    case 'CumSum':
    case 'CumProd':
    case 'ExpandDims':
    case 'Unsqueeze':
    case 'Squeeze':
      return [axis()]
    case 'ReverseSequence':
      return [row(list(shape[0] ?? 1, () => 1))]
    case 'CropAndResize':
      return [
        floats([boxes, 4]),
        row(list(boxes, () => below(shape[0] ?? 1))),
        row([1 + below(5), 1 + below(5)]),
      ]
    case 'ROIAlign':
      return [floats([boxes, 4]), row(list(boxes, () => below(shape[0] ?? 1)))]
    case 'ROIPooling':
      return [floats([boxes, 5])]
    case 'GridSample':
      return [floats([shape[0] ?? 1, 1 + below(5), 1 + below(5), 2])]
    case 'Interp':
    case 'Resize':
      return [row([1 + below(9), 1 + below(9)])]
    case 'Interp3D':
      return [row(list(3, () => 1 + below(5)))]
    case 'MatMul':
    case 'BatchMatMul':
      return [floats([...shape.slice(0, -2), last, 1 + below(6)]), floats([1 + below(6)])]
    case 'SpaceToBatchND':
    case 'BatchToSpaceND':
      return [row([2, 2]), { dims: [2, 2], ints: [0, 0, 0, 0] }]
    case 'MatrixBandPart':
      return [scalar(below(3)), scalar(below(3))]
    case 'NonMaxSuppressionV2':
      return [floats([shape[0] ?? 1]), scalar(1 + below(5)), floats([1]), floats([1])]
    case 'UnravelIndex':
      return [row([4, 4, 4])]
    case 'Range':
    case 'LinSpace':
      return [scalar(1 + below(9)), scalar(1 + below(3))]
    case 'BinaryOp':
    case 'Eltwise':
    case 'SetDiff1D':
    case 'CosineSimilarity':
      return [pick([floats(shape), floats([]), floats([last]), { dims: [], ints: [1 + below(3)] }])]
    default:
      return undefined
  }
}
