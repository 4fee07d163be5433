import { countExponents16, countExponents32 } from './countExponents.js'
import { countZeros8, countZeros16, countZeros32 } from './countZeros.js'
import { type FloatFormat, floatFormats, words16, words32 } from './floatFormats.js'
import { exponentBias, type ValueFormat, type ValueStatistics } from './ValueStatistics.js'

/**
 * Counts values by their exponents, which say nearly all that is asked of weights, at several times the speed
 * of floating point arithmetic. What is rare (zeros, where a NaN is) is looked for only where it occurs.
 */
export class ValueCounter {
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
    const isWide = words instanceof Uint32Array
    const counts = isWide ? countExponents32(words) : countExponents16(words, fractionBits)
    for (let i = 0; i <= largestExponent; i++) {
      const moved = i === 0 ? 0 : i === largestExponent ? 255 : i + exponentBias - bias
      this.exponents[moved]! += counts[i]! + counts[i + largestExponent + 1]!
    }
    const maybe = counts[0]! + counts[largestExponent + 1]!
    this.addWords(words, maybe === 0 ? 0 : isWide ? countZeros32(words) : countZeros16(words))
  }

  private addWords(words: Uint8Array | Uint16Array | Uint32Array, zeros: number): void {
    this.zeros += zeros
    this.first ??= words[0]
    for (let i = 0; this.constant && i < words.length; i++) this.constant = words[i] === this.first
    this.count += words.length
  }
}
