import type { EngineWeight } from './Comparand.js'
import { scaleReader } from './channelLoss.js'
import type { SourceWeight } from './SourceWeight.js'

/** ncnn's Gemm stores a matrix either way, as its parameters say; ncnn turns deconvolutions, MNN does not. */
const eitherWay = /^Gemm$|^Deconvolution/

/** The arrays that a source weight may have become: output channels first, but where the layer allows both. */
export function* sourceLayouts(source: SourceWeight, layerType: string): Generator<Float32Array> {
  const values = source.values()
  const { rows, groups } = source.use
  const both = rows === 'any' || eitherWay.test(layerType)
  if (rows !== 'second' || both) yield values
  if (rows === 'gates') yield* gateOrders(values, source.shape)
  if (rows === 'second' || both) yield swapFirstAxes(values, source.shape, groups)
}

/**
 * What an engine's weight should hold by its source: in the layout of that number, or in each of those that it may have;
 * with what converters fold into it, then without.
 */
export function* originalsOf(
  source: SourceWeight,
  { layerType, channels }: Pick<EngineWeight, 'layerType' | 'channels'>,
  layout?: number,
): Generator<Float32Array> {
  const { scales } = source.use
  let number = 0
  for (const values of sourceLayouts(source, layerType)) {
    if (layout !== undefined && number++ !== layout) continue
    const factor = scaleReader(scales, channels)
    const rowSize = values.length / channels
    if (scales) yield values.map((value, index) => value * factor(Math.floor(index / rowSize)))
    yield values
  }
}

interface ConstantLayout {
  readonly values: Float32Array
  /** Without axes of 1. */
  readonly shape: readonly number[]
}

/** The arrays that a source weight may have become as a constant: as it is, in the engine's order of gates, or turned. */
export function* constantLayouts(source: SourceWeight): Generator<ConstantLayout> {
  const values = source.values()
  const shape = source.shape.filter((size) => size > 1)
  yield { values, shape }
  if (source.use.rows === 'gates')
    for (const moved of gateOrders(values, source.shape)) yield { values: moved, shape }
  if (shape.length === 2) yield { values: swapFirstAxes(values, shape, 1), shape: shape.toReversed() }
}

/** The arrays that it must not have become, but that show what went wrong. */
export function* wrongLayouts(source: SourceWeight): Generator<Float32Array> {
  const values = source.values()
  const { rows, groups } = source.use
  if (rows === 'first') yield swapFirstAxes(values, source.shape, groups)
  if (rows === 'second') yield values
}

/** [a, b, …] to [b, a, …] inside each of `groups` parts of a: matrices, and transposed convolutions. */
function swapFirstAxes(values: Float32Array, shape: readonly number[], groups: number): Float32Array {
  const [a = 1, b = 1] = shape
  const inner = values.length / (a * b)
  const perGroup = a / groups
  if (!Number.isInteger(perGroup)) return values
  const swapped = new Float32Array(values.length)
  let to = 0
  for (let group = 0; group < groups; group++)
    for (let j = 0; j < b; j++)
      for (let i = group * perGroup; i < (group + 1) * perGroup; i++)
        for (let k = 0; k < inner; k++) swapped[to++] = values[(i * b + j) * inner + k]!
  return swapped
}

/** ONNX and the engines put the gates of a recurrent layer in different orders: [directions, gates x hidden, n]. */
function* gateOrders(values: Float32Array, shape: readonly number[]): Generator<Float32Array> {
  const directions = shape.length === 3 ? shape[0]! : 1
  for (const gates of [4, 3]) {
    const block = values.length / directions / gates
    if (!Number.isInteger(block)) continue
    for (const order of permutations(gates)) {
      const moved = new Float32Array(values.length)
      for (let direction = 0; direction < directions; direction++)
        order.forEach((from, to) => {
          const base = direction * gates * block
          moved.set(values.subarray(base + from * block, base + (from + 1) * block), base + to * block)
        })
      yield moved
    }
  }
}

function permutations(length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]]
  return permutations(length - 1).flatMap((rest) =>
    Array.from({ length }, (_, at) => rest.toSpliced(at, 0, length - 1)),
  )
}
