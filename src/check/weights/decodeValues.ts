import { decodeBfloat16 } from '../../tensor/decodeBfloat16.js'
import { decodeFloat16 } from '../../tensor/decodeFloat16.js'
import { words16, words32 } from './floatFormats.js'
import type { ValueFormat } from './ValueStatistics.js'

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
