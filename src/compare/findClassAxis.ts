import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'
import { elementsOf } from '../tensor/elementsOf.js'
import type { Layout } from '../tensor/Layout.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { ClassAxis } from './ClassAxis.js'

/**
 * The class axis of an output, or null where it makes no sense (a single class, a rank that leaves it open).
 * `wanted` counts in the reference's shape. Throws TWINFER_INVALID_ARGUMENT where that has no such dimension.
 */
export function findClassAxis(
  reference: Tensor,
  candidate: Tensor,
  wanted?: number | null,
): ClassAxis | null {
  if (wanted === null) return null
  if (wanted !== undefined) return split(reference.shape, requireAxis(wanted, reference.shape))
  // The one that kept its batch axis says more: ncnn's [C, H, W] alone could as well be [1, T, F].
  const fuller = candidate.shape.length > reference.shape.length ? candidate : reference
  const axis = usualAxis(fuller.shape.length, fuller.layout)
  return axis === null ? null : split(fuller.shape, axis)
}

function usualAxis(rank: number, layout: Layout): number | null {
  if (rank === 1 || rank === 2) return rank - 1
  if (rank === 4) return layout === 'NHWC' ? 3 : 1
  return null
}

function split(shape: readonly number[], axis: number): ClassAxis | null {
  const classes = shape[axis]!
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
