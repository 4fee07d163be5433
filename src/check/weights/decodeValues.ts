import { decodeBfloat16, decodeFloat16 } from '../../tensor/float16.js'
import { bytesPerValue, exponentBias, type StoredTensor, type ValueFormat } from './StoredTensor.js'
import { visitPieces, type WeightBytes } from './WeightFile.js'

export type FloatFormat = Exclude<ValueFormat, 'int8'>

interface FloatLayout {
  readonly bytes: 2 | 4
  /** Bits of the fraction: the exponent starts behind them. */
  readonly fractionBits: number
  /** The exponent of NaN and Infinity, which is also its mask. */
  readonly largestExponent: number
  readonly bias: number
}

export const floatFormats: Readonly<Record<FloatFormat, FloatLayout>> = {
  fp32: { bytes: 4, fractionBits: 23, largestExponent: 255, bias: exponentBias },
  bf16: { bytes: 2, fractionBits: 7, largestExponent: 255, bias: exponentBias },
  fp16: { bytes: 2, fractionBits: 10, largestExponent: 31, bias: 15 },
}

/** Typed arrays start at multiples of their element size only; a piece of a shifted file does not. */
function aligned(piece: Uint8Array, bytes: number): Uint8Array {
  return piece.byteOffset % bytes === 0 ? piece : new Uint8Array(piece)
}

export function words16(piece: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = aligned(piece, 2)
  return new Uint16Array(buffer as ArrayBuffer, byteOffset, length >> 1)
}

export function words32(piece: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = aligned(piece, 4)
  return new Uint32Array(buffer as ArrayBuffer, byteOffset, length >> 2)
}

/** The numbers that bytes stand for, wherever they start. */
export function decodeValues(piece: Uint8Array, format: ValueFormat): Float32Array {
  switch (format) {
    case 'fp32': {
      const words = words32(piece)
      return new Float32Array(words.buffer, words.byteOffset, words.length)
    }
    case 'fp16':
      return decodeFloat16(words16(piece))
    case 'bf16':
      return decodeBfloat16(words16(piece))
    case 'int8':
      return Float32Array.from(new Int8Array(piece.buffer, piece.byteOffset, piece.length))
  }
}

/** A tensor's values, read `bytesLater` bytes further on; zeros where the file ends before. */
export async function readTensor(
  { offset, count, format }: Pick<StoredTensor, 'offset' | 'count' | 'format'>,
  source: WeightBytes,
  bytesLater = 0,
): Promise<Float32Array> {
  const values = new Float32Array(count)
  const size = bytesPerValue[format]
  await visitPieces(source, offset + bytesLater, count * size, (piece, at) => {
    values.set(decodeValues(piece, format).subarray(0, count - at / size), at / size)
  })
  return values
}

/** Where the odd values of a tensor are; indices count values, undefined where there is none. */
export interface Extremes {
  readonly nan: number
  readonly firstNan: number | undefined
  readonly infinite: number
  readonly firstInfinite: number | undefined
  /** Of the finite values. */
  readonly maxAbs: number
  readonly maxAbsAt: number
}

/** A second pass, for tensors of which the first one found that it is worth it. */
export async function locateExtremes(tensor: StoredTensor, source: WeightBytes): Promise<Extremes> {
  const { format, offset, count } = tensor
  const found = { nan: 0, infinite: 0, maxAbs: 0, maxAbsAt: 0 }
  let firstNan: number | undefined
  let firstInfinite: number | undefined
  await visitPieces(source, offset, count * bytesPerValue[format], (piece, at) => {
    const values = decodeValues(piece, format)
    const base = at / bytesPerValue[format]
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i]!)
      if (Number.isNaN(size)) {
        found.nan++
        firstNan ??= base + i
      } else if (size === Number.POSITIVE_INFINITY) {
        found.infinite++
        firstInfinite ??= base + i
      } else if (size > found.maxAbs) {
        found.maxAbs = size
        found.maxAbsAt = base + i
      }
    }
  })
  return { ...found, firstNan, firstInfinite }
}
