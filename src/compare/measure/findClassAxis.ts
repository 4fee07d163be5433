import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { Tensor } from '../../tensor/Tensor.js'

/** Where class scores lie: the score of class c at position (o, i) is at (o * classes + c) * inner + i. */
export interface ClassAxis {
  readonly outer: number
  readonly classes: number
  readonly inner: number
}

/** A map has class scores where it has this many positions for each of its channels: features have few of them. */
const positionsPerClass = 16
/** Images have so many channels, and none of them is a class. */
const imageChannels: readonly number[] = [3, 4]
/** How far the scores of a position may add up to something else than 1 after a softmax in fp16. */
const softmaxSlack = 0.01
const positionsTried = 64

/**
 * The class axis of an output, or null where it makes no sense: a single class, a rank that leaves it open, a feature
 * map or an image. `wanted` counts in the reference's shape. Throws TWINFER_INVALID_ARGUMENT where that has no such
 * dimension.
 */
export function findClassAxis(
  reference: Tensor,
  candidate: Tensor,
  wanted?: number | null,
): ClassAxis | null {
  if (wanted === null) return null
  if (wanted !== undefined) return split(reference.shape, requireAxis(wanted, reference.shape))
  // The one that kept its batch axis says more: ncnn's [C, H, W] alone could as well be [1, T, F].
  const { shape, layout } = candidate.shape.length > reference.shape.length ? candidate : reference
  if (shape.length <= 2) return split(shape, shape.length - 1)
  // What a convolution or a pooling over everything leaves: [n, 1, 1] and [1, n, 1, 1].
  const channels = layout === 'NHWC' ? shape.length - 1 : shape.length - 3
  if (shape.every((size, axis) => size === 1 || axis === channels)) return split(shape, channels)
  if (shape.length !== 4) return null
  const map = split(shape, channels)
  return map && areScores(map, reference) ? map : null
}

/** Whether a map of [N, C, H, W] holds the scores of a segmentation. */
function areScores(map: ClassAxis, reference: Tensor): boolean {
  const { classes, inner, outer } = map
  const perImage = inner > 1 ? inner : outer
  const isWide = perImage >= positionsPerClass * classes && !imageChannels.includes(classes)
  return isWide || isSoftmax(map, reference)
}

function isSoftmax({ outer, classes, inner }: ClassAxis, reference: Tensor): boolean {
  const values = float32Values(reference)
  const step = Math.max(1, Math.floor((outer * inner) / positionsTried))
  for (let position = 0; position < outer * inner; position += step) {
    const start = Math.floor(position / inner) * classes * inner + (position % inner)
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const score = values[start + c * inner]!
      if (!(score >= 0)) return false
      sum += score
    }
    if (Math.abs(sum - 1) > softmaxSlack) return false
  }
  return true
}

function split(shape: readonly number[], axis: number): ClassAxis | null {
  const classes = shape[axis] ?? 1
  const outer = elementsOf(shape.slice(0, axis))
  const inner = elementsOf(shape.slice(axis + 1))
  return classes > 1 && outer * inner > 0 ? { outer, classes, inner } : null
}

function requireAxis(axis: number, shape: readonly number[]): number {
  if (Number.isInteger(axis) && axis >= -shape.length && axis < shape.length) {
    return axis < 0 ? axis + shape.length : axis
  }
  const range =
    shape.length === 0
      ? 'none, as there are no dimensions'
      : `a whole number from ${-shape.length} to ${shape.length - 1}`
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `classAxis: expected ${range}, received ${describeValue(axis)}`,
    {
      help: `The reference's shape is [${shape.join(', ')}]. Leave classAxis out, or give null for none.`,
    },
  )
}
