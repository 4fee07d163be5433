import { elementsOf } from '../tensor/elementsOf.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { ClassAxis } from './ClassAxis.js'

export interface Channels extends ClassAxis {
  readonly axis: number | null
}

/** The channels of [N, C, H, W] (or [N, H, W, C] where that is the layout) and [C, H, W]; else one for all values. */
export function findChannels(reference: Tensor, candidate: Tensor): Channels {
  const { shape, layout } = candidate.shape.length > reference.shape.length ? candidate : reference
  const rank = shape.length
  if (rank !== 3 && rank !== 4) return { axis: null, outer: 1, classes: 1, inner: reference.length }
  const axis = layout === 'NHWC' ? rank - 1 : rank - 3
  return {
    axis,
    outer: elementsOf(shape.slice(0, axis)),
    classes: shape[axis]!,
    inner: elementsOf(shape.slice(axis + 1)),
  }
}
