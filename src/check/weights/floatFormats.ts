import { exponentBias, type ValueFormat } from './ValueStatistics.js'

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
