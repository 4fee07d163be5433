import { castTensor, float32Values } from '../tensor/convertTensor.js'
import { arrayForDType, type DType, type TypedArray } from '../tensor/DType.js'
import { Tensor } from '../tensor/Tensor.js'

/** The numbers that come out when the bytes of a tensor are taken for another element type. */
export interface Reading {
  /** The type that the bytes really are. */
  readonly held: DType
  /** The type that they were read as; the same as `held` in the plain reading. */
  readonly readAs: DType
  /** What the reader did besides, such as a scale; empty where nothing. */
  readonly note: string
  readonly values: Float32Array | Float64Array
  /** 1 where a value cannot be known, because the reading lost its bits (a NaN's); undefined where all are known. */
  readonly lost?: Uint8Array | undefined
  /** Whether the values still need a scale: integers of a quantised tensor. */
  readonly isQuantised: boolean
}

/** What memory may hold. Signed and unsigned types of 16 and 32 bits differ in nothing that outputs reach. */
const heldTypes: readonly DType[] = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int8',
  'uint8',
  'int32',
  'int64',
]

/** Integer types from the narrowest, with their range. */
const integers: readonly (readonly [DType, number, number])[] = [
  ['uint8', 0, 2 ** 8 - 1],
  ['int8', -(2 ** 7), 2 ** 7 - 1],
  ['uint16', 0, 2 ** 16 - 1],
  ['int16', -(2 ** 15), 2 ** 15 - 1],
  ['int32', -(2 ** 31), 2 ** 31],
]
/** A quantised tensor has no more levels. */
const mostLevels = 256
/** Fewer distinct values lie on some grid by chance. */
const leastLevels = 6
/** How far from a whole number of steps a value of a grid may be, as a share of a step. */
const gridSlack = 1e-3

/**
 * Every reading of a tensor's bytes that can be told from its values, the plain one first. The values may have been
 * converted to floats since they were read: then all of them are whole numbers, or lie on the grid of a 16-bit type,
 * and the bits that were read follow from them.
 */
export function readingsOf(tensor: Tensor): readonly Reading[] {
  const plain: Reading = {
    held: tensor.dtype,
    readAs: tensor.dtype,
    note: '',
    values: float32Values(tensor),
    isQuantised: false,
  }
  const carried = carriersOf(tensor).flatMap((carrier) => [
    ...heldTypes.filter((held) => held !== carrier.dtype).flatMap((held) => reread(carrier, held)),
    ...otherByteOrder(carrier),
  ])
  return [plain, ...carried, ...wrapped(plain)]
}

/** Values in the type that they were read as. */
interface Carrier {
  readonly dtype: DType
  readonly data: TypedArray
  readonly lost: Uint8Array | undefined
}

/** The tensor's own type, and the narrower ones that its values may have been read as. */
function carriersOf(tensor: Tensor): readonly Carrier[] {
  const own: Carrier = { dtype: tensor.dtype, data: tensor.data, lost: undefined }
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') return [own]
  const values = float32Values(tensor)
  const found = [own]
  if (values.length === 0) return found
  let [least, most, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true]
  for (const value of values) {
    if (!Number.isInteger(value)) isWhole = false
    if (value < least) least = value
    if (value > most) most = value
  }
  if (isWhole) {
    const fitting = integers.filter(([, low, high]) => least >= low && most <= high)
    // The narrowest two, and int32 always: labels are small numbers in a wide type.
    const tried = fitting.filter(([dtype], i) => i < 2 || dtype === 'int32')
    for (const [dtype] of tried) found.push(asIntegers(values, dtype))
    return found
  }
  for (const dtype of ['bfloat16', 'float16'] as const) {
    const carrier = onGrid(tensor, values, dtype)
    if (carrier) found.push(carrier)
  }
  return found
}

function asIntegers(values: Float32Array | Float64Array, dtype: DType): Carrier {
  const data = new (arrayForDType(dtype) as Int32ArrayConstructor)(values.length)
  // float32 rounds the largest int32 up, beyond its range.
  for (let i = 0; i < values.length; i++) data[i] = Math.min(values[i]!, 2 ** 31 - 1)
  return { dtype, data, lost: undefined }
}

/** Null where a finite value is not one of the type. A NaN has lost its bits, unless it is bfloat16's. */
function onGrid(
  tensor: Tensor,
  values: Float32Array | Float64Array,
  dtype: 'float16' | 'bfloat16',
): Carrier | null {
  if (tensor.dtype === 'float32' && dtype === 'bfloat16') {
    const bytes = tensor.data as Float32Array
    const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    if (words.some((word) => (word & 0xffff) !== 0)) return null
    return { dtype, data: Uint16Array.from(words, (word) => word >>> 16), lost: undefined }
  }
  const cast = castTensor(tensor, dtype)
  if (!cast) return null
  const read = float32Values(cast)
  const lost = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) lost[i] = 1
    else if (read[i] !== values[i]) return null
  }
  return { dtype, data: cast.data, lost: lost.includes(1) ? lost : undefined }
}

/** The bytes of a carrier as another type; nothing where not one value is whole. */
function reread({ dtype, data, lost }: Carrier, held: DType): readonly Reading[] {
  const type = arrayForDType(held)
  const length = Math.floor(data.byteLength / type.BYTES_PER_ELEMENT)
  if (length === 0) return []
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + length * type.BYTES_PER_ELEMENT)
  const tensor = new Tensor(new type(bytes as ArrayBuffer), [length], { dtype: held })
  const isQuantised = held === 'int8' || held === 'uint8'
  return [
    {
      held,
      readAs: dtype,
      note: '',
      values: float32Values(tensor),
      lost: lost && lostAs(lost, data.BYTES_PER_ELEMENT, length, type.BYTES_PER_ELEMENT),
      isQuantised,
    },
  ]
}

/** Which elements of another size have a byte of a lost one. */
function lostAs(lost: Uint8Array, size: number, length: number, otherSize: number): Uint8Array {
  const other = new Uint8Array(length)
  for (let i = 0; i < lost.length; i++) {
    if (lost[i] === 0) continue
    const last = Math.floor((i * size + size - 1) / otherSize)
    for (let j = Math.floor((i * size) / otherSize); j <= last && j < length; j++) other[j] = 1
  }
  return other
}

/** The bytes of each element the other way round: a file of a big-endian machine. */
function otherByteOrder({ dtype, data }: Carrier): readonly Reading[] {
  if (data.BYTES_PER_ELEMENT === 1) return []
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const swapped = Buffer.from(bytes)
  if (data.BYTES_PER_ELEMENT === 2) swapped.swap16()
  else if (data.BYTES_PER_ELEMENT === 4) swapped.swap32()
  else swapped.swap64()
  const copy = new Uint8Array(swapped) // Buffers may begin anywhere in a pool
  const tensor = new Tensor(new (arrayForDType(dtype))(copy.buffer), [data.length], { dtype })
  return [
    {
      held: dtype,
      readAs: dtype,
      note: 'with the bytes of each value in reverse order',
      values: float32Values(tensor),
      isQuantised: false,
    },
  ]
}

/** Bytes whose sign was misread before they got their scale: half of the values are off by 256 steps. */
function wrapped({ values, readAs }: Reading): readonly Reading[] {
  const step = stepOf(values)
  if (step === null) return []
  const levels = Float32Array.from(values, (value) => Math.round(value / step))
  const note = `after a scale of ${Number(step.toPrecision(6))}`
  const make = (held: DType, as: DType, wrap: (level: number) => number): Reading => ({
    held,
    readAs: as,
    note: `${note}, in ${readAs}`,
    values: levels.map(wrap),
    isQuantised: true,
  })
  if (levels.every((level) => level >= 0 && level <= 255)) {
    return [make('int8', 'uint8', (level) => (level >= 128 ? level - 256 : level))]
  }
  if (levels.every((level) => level >= -128 && level <= 127)) {
    return [make('uint8', 'int8', (level) => (level < 0 ? level + 256 : level))]
  }
  return []
}

/**
 * The step of a grid of at most 256 levels that all values lie on, zero among its lines; null where they do not, where
 * they are whole numbers, and where there are too few distinct values to tell.
 */
export function stepOf(values: ArrayLike<number>): number | null {
  const found = new Set<number>()
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) return null
    found.add(values[i]!)
    if (found.size > mostLevels) return null
  }
  if (found.size < leastLevels) return null
  const levels = Float64Array.from(found).sort()
  const most = Math.max(-levels[0]!, levels.at(-1)!)
  let gap = Number.POSITIVE_INFINITY
  for (let i = 1; i < levels.length; i++) gap = Math.min(gap, levels[i]! - levels[i - 1]!)
  // The smallest gap may be several steps; it is measured less exactly than the largest value.
  for (let parts = 1; parts <= 4; parts++) {
    const count = Math.round((most / gap) * parts)
    if (count > mostLevels) return null
    const step = most / count
    if (levels.every((level) => isWholeNumber(level / step))) return step === 1 ? null : step
  }
  return null
}

function isWholeNumber(value: number): boolean {
  return Math.abs(value - Math.round(value)) < gridSlack * Math.max(1, Math.abs(value) / 64)
}
