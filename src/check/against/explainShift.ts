import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import { tolerances } from './Comparand.js'
import { rowSimilarity, type Tolerance } from './rowSimilarity.js'

/** As far as a reader that misses a tag, or a tool that inserts a word, can be off. */
const furthest = 4
const alikeEnough = 0.9

export interface ShiftOptions {
  /** Values that were scaled together, as by a batch norm for each output channel. Default: at most 64. */
  readonly rowSize?: number
  /** What makes two rows the same. Default: a |cosine| of 0.999. */
  readonly tolerance?: Tolerance
  /** The first row to look at. Default: 0. */
  readonly from?: number
}

const optionNames: OptionNames<ShiftOptions> = { rowSize: true, tolerance: true, from: true }

/**
 * By how many values a dump of weights is shifted: `dump[i + lag]` is `reference[i]`. 0 where it is not shifted,
 * null where no shift of up to 4 values explains it. A lag of 1 is what a reader sees that takes the 4-byte tag
 * in front of the weights for the first of them.
 */
export function explainShift(
  dump: Float32Array,
  reference: Float32Array,
  options: ShiftOptions = {},
): number | null {
  requireOptions(options, optionNames)
  const { rowSize = Math.min(64, reference.length), tolerance = tolerances.fp32, from = 0 } = options
  for (let step = 0; step <= 2 * furthest; step++) {
    const lag = step % 2 ? (step + 1) / 2 : 0 - step / 2
    const { rows, alike } = rowSimilarity(dump, reference, Math.max(1, rowSize), tolerance, { lag, from })
    if (rows > 0 && alike >= alikeEnough * rows) return lag
  }
  return null
}
