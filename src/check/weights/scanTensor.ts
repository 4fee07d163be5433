import { nativeIfLoadable } from '../../native/native.js'
import { type FloatFormat, floatFormats, words16, words32 } from './decodeValues.js'
import {
  bytesPerValue,
  exponentBias,
  type StoredTensor,
  type ValueFormat,
  type ValueStatistics,
} from './StoredTensor.js'
import { visitPieces, type WeightBytes } from './WeightFile.js'

/** Counts a tensor's values in one pass over the file. */
export async function scanTensor(tensor: StoredTensor, source: WeightBytes): Promise<ValueStatistics> {
  const counter = new ValueCounter(tensor.format)
  await visitPieces(source, tensor.offset, tensor.count * bytesPerValue[tensor.format], (piece) =>
    counter.add(piece),
  )
  return counter.statistics
}

/**
 * Counts values by their exponents, which say nearly all that is asked of weights, at several times the speed
 * of floating point arithmetic. What is rare (zeros, where a NaN is) is looked for only where it occurs.
 */
class ValueCounter {
  private readonly exponents = new Float64Array(256)
  private count = 0
  private zeros = 0
  private first: number | undefined
  private constant = true

  constructor(private readonly format: ValueFormat) {}

  add(piece: Uint8Array): void {
    if (this.format === 'int8') this.addWords(piece, countZeros8(piece))
    else this.addFloats(piece, this.format)
  }

  get statistics(): ValueStatistics {
    const { count, zeros, constant, exponents } = this
    const isFloat = this.format !== 'int8'
    return {
      count,
      zeros,
      constant,
      exponents,
      subnormal: isFloat ? exponents[0]! - zeros : 0,
      special: exponents[255]!,
    }
  }

  private addFloats(piece: Uint8Array, format: FloatFormat): void {
    const { fractionBits, largestExponent, bias } = floatFormats[format]
    const words = format === 'fp32' ? words32(piece) : words16(piece)
    const counts =
      nativeIfLoadable()?.metrics.exponents(piece, fractionBits) ?? countPlainly(words, fractionBits)
    for (let i = 0; i <= largestExponent; i++) {
      const moved = i === 0 ? 0 : i === largestExponent ? 255 : i + exponentBias - bias
      this.exponents[moved]! += counts[i]! + counts[i + largestExponent + 1]!
    }
    this.addWords(words, counts[512]!)
  }

  private addWords(words: Uint8Array | Uint16Array | Uint32Array, zeros: number): void {
    this.zeros += zeros
    this.first ??= words[0]
    for (let i = 0; this.constant && i < words.length; i++) this.constant = words[i] === this.first
    this.count += words.length
  }
}

/** As the addon's `exponents`, in JavaScript. */
export function countPlainly(words: Uint16Array | Uint32Array, fractionBits: number): Uint32Array {
  const isWide = words instanceof Uint32Array
  const counts = isWide ? countExponents32(words) : countExponents16(words, fractionBits)
  const result = new Uint32Array(513)
  result.set(counts)
  const mayHaveZeros = counts[0]! + counts[1 << (isWide ? 8 : 15 - fractionBits)]! > 0
  if (mayHaveZeros) result[512] = isWide ? countZeros32(words) : countZeros16(words)
  return result
}

/**
 * How many words have each value of sign and exponent, the bits above the fraction. Two tables, because
 * neighbours mostly have the same exponent and would wait for each other's count; two functions, because one
 * for both array types runs at half the speed.
 */
function countExponents32(words: Uint32Array): Uint32Array {
  const even = new Uint32Array(512)
  const odd = new Uint32Array(512)
  const pairs = words.length - 1
  let i = 0
  for (; i < pairs; i += 2) {
    even[words[i]! >>> 23]!++
    odd[words[i + 1]! >>> 23]!++
  }
  if (i < words.length) even[words[i]! >>> 23]!++
  return addTo(even, odd)
}

function countExponents16(words: Uint16Array, fractionBits: number): Uint32Array {
  const even = new Uint32Array(512)
  const odd = new Uint32Array(512)
  const pairs = words.length - 1
  let i = 0
  for (; i < pairs; i += 2) {
    even[words[i]! >>> fractionBits]!++
    odd[words[i + 1]! >>> fractionBits]!++
  }
  if (i < words.length) even[words[i]! >>> fractionBits]!++
  return addTo(even, odd)
}

function addTo(total: Uint32Array, more: Uint32Array): Uint32Array {
  for (let i = 0; i < total.length; i++) total[i]! += more[i]!
  return total
}

/** Zeros of both signs; one function for each array type, as one for all runs at half the speed. */
function countZeros32(words: Uint32Array): number {
  let zeros = 0
  for (let i = 0; i < words.length; i++) if ((words[i]! & 0x7fffffff) === 0) zeros++
  return zeros
}

function countZeros16(words: Uint16Array): number {
  let zeros = 0
  for (let i = 0; i < words.length; i++) if ((words[i]! & 0x7fff) === 0) zeros++
  return zeros
}

/** int8 has one zero. */
function countZeros8(bytes: Uint8Array): number {
  let zeros = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros++
  return zeros
}
