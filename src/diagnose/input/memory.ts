import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from '../../tensor/float16.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { CauseCode } from '../Cause.js'
import { type PictureShape, type Planes, splitChannels } from './planes.js'

/** One way to read the memory of a deployed input: what it may have been written as. */
export interface Reading {
  /** What reading it otherwise is called; null for the tensor as it says it is. */
  readonly code: CauseCode | null
  readonly writtenAs: string
  readonly readAs: string
  /** May have fewer rows than the golden input, where the rest was cut off: it is the upper part then. */
  readonly planes: Planes
  /** Which channel of the golden input this is the only one of. */
  readonly onlyChannel?: number
  /** How many rows the whole picture would have in these planes. */
  readonly rows: number
}

type Values = Float32Array | Float64Array

/**
 * The ways to read a deployed input that people get wrong, the tensor's own first. All that can be told at once to be
 * impossible (bit patterns of another type that are not finite numbers) are left out.
 *
 * @param values the deployed input's own, one picture
 * @param shape the golden input's, which is the deployed one's as well
 */
export function readingsOf(values: Values, shape: PictureShape, dtype: Tensor['dtype']): Reading[] {
  const own = shape.channelsLast ? 'NHWC' : 'NCHW'
  const asItIs = splitChannels(values, shape)
  const readings: Reading[] = [
    { code: null, writtenAs: own, readAs: own, planes: asItIs, rows: shape.height },
    ...layoutReadings(values, asItIs, shape, own),
  ]
  for (const { name, values: decoded } of decodings(values, dtype)) {
    for (const channelsLast of [!shape.channelsLast, shape.channelsLast]) {
      const planes = splitChannels(decoded, { ...shape, channelsLast })
      if (!planes.channels.every(isFinitePlane)) continue
      const layout = channelsLast ? 'NHWC' : 'NCHW'
      readings.push({
        code: 'DTYPE_MISREAD',
        writtenAs: layout === own ? name : `${name} in ${layout}`,
        readAs: layout === own ? dtype : `${dtype} in ${own}`,
        planes,
        rows: shape.height,
      })
    }
  }
  const packed = floatsInBytes(values, shape)
  if (packed) readings.push(packed)
  return readings.filter(({ planes }) => planes.channels.every(isFinitePlane))
}

const isFinitePlane = (plane: Float32Array): boolean => {
  for (let i = 0; i < plane.length; i++) if (!Number.isFinite(plane[i]!)) return false
  return true
}

function layoutReadings(values: Values, asItIs: Planes, shape: PictureShape, own: string): Reading[] {
  const { width, height, channels } = shape
  const exchanged = { width: height, height: width, channels }
  const readings: Reading[] = []
  const add = (writtenAs: string, readAs: string, planes: Planes, rows = planes.height) =>
    readings.push({ code: 'LAYOUT_MISREAD', writtenAs, readAs, planes, rows })
  const other = shape.channelsLast ? 'NCHW' : 'NHWC'
  if (channels > 1) {
    add(other, own, splitChannels(values, { ...shape, channelsLast: !shape.channelsLast }))
    // Made from memory that was taken for the other layout, and put in order after that.
    const wayThere = interleaved(asItIs)
    if (!shape.channelsLast) add('NCHW', 'NHWC', splitChannels(wayThere, { ...shape, channelsLast: false }))
    const rows = Math.floor((height * channels) / 4)
    if (channels <= 4 && channels !== 4 && rows >= 8) {
      const quads = { width, height: rows, channels: 4, channelsLast: true }
      add('NC4HW4', own, keep(splitChannels(values.subarray(0, width * rows * 4), quads), channels), height)
      add(
        'NHWC with four channels',
        'NHWC',
        keep(splitChannels(wayThere.subarray(0, width * rows * 4), quads), channels),
        height,
      )
    }
    const aligned = Math.ceil((width * height) / 4) * 4
    if (!shape.channelsLast && aligned !== width * height) {
      const planes = Array.from({ length: channels }, (_, c) => {
        const plane = new Float32Array(width * height)
        plane.set(values.subarray(c * aligned, Math.min(values.length, c * aligned + width * height)))
        return plane
      })
      add('channels padded to 16 bytes (ncnn)', own, { width, height, channels: planes })
    }
  }
  if (width !== height) {
    for (const channelsLast of channels > 1 ? [shape.channelsLast, !shape.channelsLast] : [false]) {
      const layout = channelsLast ? 'NHWC' : 'NCHW'
      readings.push({
        code: 'PREPROC_TRANSPOSED',
        writtenAs: `${layout} of ${exchanged.width} x ${exchanged.height} (width x height)`,
        readAs: `${own} of ${width} x ${height}`,
        planes: splitChannels(values, { ...exchanged, channelsLast }),
        rows: exchanged.height,
      })
    }
  }
  return readings
}

const keep = ({ channels, ...size }: Planes, count: number): Planes => ({
  ...size,
  channels: channels.slice(0, count),
})

function interleaved({ channels }: Planes): Float32Array {
  const values = new Float32Array(channels.length * channels[0]!.length)
  channels.forEach((plane, c) => {
    for (let i = 0; i < plane.length; i++) values[i * channels.length + c] = plane[i]!
  })
  return values
}

interface Decoding {
  readonly name: string
  readonly values: Values
}

/** The values that the same memory, or the same numbers, hold when they are taken for another type. */
function decodings(values: Values, dtype: Tensor['dtype']): Decoding[] {
  const found: Decoding[] = []
  const count = values.length
  if (dtype === 'float32' && values instanceof Float32Array) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const copy = bytes.slice()
    // Bytes in place of floats leave three quarters that were never written, or hold what lay behind.
    found.push({ name: 'uint8', values: Float32Array.from(bytes.subarray(0, count)) })
    const words = new Uint16Array(copy.buffer, 0, count)
    found.push({ name: 'float16', values: decodeFloat16(words) })
    found.push({ name: 'bfloat16', values: decodeBfloat16(words) })
    const swapped = copy.slice()
    new Uint32Array(swapped.buffer).forEach((_, i, all) => {
      const at = i * 4
      all[i] = (copy[at]! << 24) | (copy[at + 1]! << 16) | (copy[at + 2]! << 8) | copy[at + 3]!
    })
    found.push({ name: 'float32 of the other byte order', values: new Float32Array(swapped.buffer) })
  }
  if (dtype === 'float16' || dtype === 'bfloat16') {
    // Nothing rounds: the values came from such bits.
    const words = dtype === 'float16' ? encodeFloat16(values) : encodeBfloat16(values)
    found.push(
      dtype === 'float16'
        ? { name: 'bfloat16', values: decodeBfloat16(words) }
        : { name: 'float16', values: decodeFloat16(words) },
    )
  }
  const { integers, least, most } = integerRange(values)
  if (integers && least >= 0 && most > 255 && most <= 0xffff) {
    const words = Uint16Array.from(values)
    found.push({ name: 'float16', values: decodeFloat16(words) })
    found.push({ name: 'bfloat16', values: decodeBfloat16(words) })
  }
  if (integers && least < 0 && least >= -128 && most <= 127) {
    found.push({ name: 'uint8', values: values.map((value) => (value < 0 ? value + 256 : value)) })
  }
  return found
}

/** Floats whose bytes were taken for values: a quarter of them, which is the upper part of the first channel. */
function floatsInBytes(values: Values, shape: PictureShape): Reading | null {
  const { integers, least, most } = integerRange(values)
  if (!integers || least < -128 || most > 255 || most - least > 255 || shape.channelsLast) return null
  const bytes = Uint8Array.from(values, (value) => value & 255)
  const floats = new Float32Array(bytes.buffer, 0, bytes.length >> 2)
  const rows = Math.min(shape.height, Math.floor(floats.length / shape.width))
  if (rows < 8) return null
  const plane = floats.subarray(0, rows * shape.width)
  return {
    code: 'DTYPE_MISREAD',
    writtenAs: 'float32',
    readAs: least < 0 ? 'int8' : 'uint8',
    planes: { width: shape.width, height: rows, channels: [plane] },
    onlyChannel: 0,
    rows: shape.height,
  }
}

/**
 * Whether the deployed values are the golden ones as a cast to an 8-bit integer leaves them, without their fractions and
 * what is out of range: to what; null where they are not.
 */
export function castOf(golden: Values, deployed: Values): 'int8' | 'uint8' | null {
  const { integers, least, most } = integerRange(deployed)
  if (!integers || least < -128 || most > 255 || golden.length !== deployed.length) return null
  const casts: readonly (readonly ['int8' | 'uint8', (value: number) => number])[] = [
    ['int8', (value) => Math.min(127, Math.max(-128, value))],
    ['int8', (value) => (value << 24) >> 24],
    ['uint8', (value) => Math.min(255, Math.max(0, value))],
    ['uint8', (value) => value & 255],
  ]
  for (const toWhole of [Math.trunc, Math.round, Math.floor]) {
    for (const [name, cast] of casts) {
      let same = 0
      for (let i = 0; i < golden.length; i++) if (cast(toWhole(golden[i]!)) === deployed[i]!) same++
      if (same > 0.995 * golden.length) return name
    }
  }
  return null
}

export function integerRange(values: Values): { integers: boolean; least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isInteger(value)) return { integers: false, least: 0, most: 0 }
    if (value < least) least = value
    if (value > most) most = value
  }
  return { integers: true, least, most }
}
