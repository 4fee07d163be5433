import { TwinferError } from '../errors/TwinferError.js'
import { formatShape } from '../format/numbers.js'
import { castTensor } from './convertTensor.js'
import type { DType, Layout } from './DType.js'
import { Tensor } from './Tensor.js'

/**
 * Values for every input of a model by name, in its layout, the same for the same seed. A batch that is left open is 1.
 *
 * Throws TWINFER_MISSING_INPUT where the shape is open and `shapes` does not say it.
 */
export function randomFeed(
  infos: readonly {
    readonly name: string
    readonly shape?: readonly number[] | undefined
    readonly dtype?: DType
    readonly layout?: Layout
  }[],
  seed: number,
  shapes: Readonly<Record<string, readonly number[] | undefined>> = {},
): Readonly<Record<string, Tensor>> {
  const random = randomNumbers(seed)
  const feed = Object.create(null) as Record<string, Tensor>
  for (const { name, shape, dtype = 'float32', layout } of infos) {
    const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    feed[name] = randomTensor(given ?? closedShape(name, shape), dtype, random, layout)
  }
  return feed
}

function closedShape(name: string, shape: readonly number[] | undefined): readonly number[] {
  const closed = shape?.map((size, axis) => (axis === 0 && size < 1 ? 1 : size))
  if (closed?.every((size) => size >= 1)) return closed
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `input '${name}': expected a shape to fill with random values, the model leaves it open (${shape ? formatShape(shape) : 'any'})`,
    { help: `Give an input with -i FILE.npy, or its shape with --input-shape ${name}=SIZES.` },
  )
}

/**
 * Normally distributed values with mean 0 and deviation 1; bytes from 0 to 255; 0 or 1 for other integers, as these are
 * mostly indices, and nobody knows of how many.
 */
export function randomTensor(
  shape: readonly number[],
  dtype: DType,
  random: () => number,
  layout: Layout = 'NCHW',
): Tensor {
  const isFloat = dtype.includes('float')
  const value = isFloat
    ? () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) // Box and Muller
    : () => Math.floor(random() * (dtype === 'uint8' ? 256 : 2))
  const length = shape.reduce((product, size) => product * size, 1)
  const values = new Tensor(Float32Array.from({ length }, value), shape, { layout })
  return castTensor(values, dtype)!
}

/** From 0 up to 1: the steps of a linear congruential generator, with their bits mixed, as its low ones hardly vary. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x45d9f3b)
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}
