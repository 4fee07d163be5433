import type { OutputComparison } from '../measure/OutputComparison.js'
import type { PartError } from '../measure/PartReader.js'
import type { JudgedPrecision } from './passRules.js'

export interface PartRule {
  /** Most that the gain and the slope of a part may differ from 1, where the part is one that counts … */
  readonly gain: number
  /**
   * … and where its scale is far smaller: there a precision's noise before an exp or a sigmoid acts as a factor, up to
   * this one or down to its inverse.
   */
  readonly smallFactor: number
  /** Least SQNR in dB of a part whose error is far above that of its peers. */
  readonly outlyingDb: number
  /** An error up to this is rounding to the smallest numbers of the precision. */
  readonly silent: number
}

/**
 * What a part of an output (a channel, a row) has to hold on its own, once it stands out by more than chance. A part
 * that is lost has gain 0 and 0 dB, one that is scaled by 1.5 has 6 dB: every rule fails both where the part matters.
 * One that keeps its mean (scores that are all ½, or those of other boxes) has a gain near 1 and up to 15 dB, which
 * bf16 and int8 have in sound parts too; but its slope is 0, and that of a sound part is 1 with any noise. A slope
 * that is 1.5 is seen where the noise leaves 5 + 20 / n of its standard deviations for it, n being the values that it
 * rests on: not in five peaks of a score row at 6 bits, nor in 256 scores near ½ at 4 bits, where noise is as large.
 *
 * An error e in what a sigmoid or a softmax is computed from is a factor exp(e) in its small values, and the same in a
 * whole row of them. Logits of size 10 at the floor of a precision are off by 1e-3 in fp32 and 0.2 in fp16; in bf16 a
 * text detector has rows of background that are 3 times too large: there only the loss of a small part can be told
 * from what the precision costs.
 */
export const partRules: Readonly<Record<JudgedPrecision, PartRule>> = {
  fp32: { gain: 0.05, smallFactor: 1.05, outlyingDb: 40, silent: 0 },
  fp16: { gain: 0.25, smallFactor: 1.45, outlyingDb: 25, silent: 2 ** -24 },
  'fp16-storage': { gain: 0.25, smallFactor: 1.45, outlyingDb: 25, silent: 2 ** -24 },
  'fp16-weights': { gain: 0.25, smallFactor: 1.45, outlyingDb: 25, silent: 0 },
  bf16: { gain: 0.3, smallFactor: 5, outlyingDb: 20, silent: 0 },
  int8: { gain: 0.35, smallFactor: 8, outlyingDb: 12, silent: 0 },
  int7: { gain: 0.35, smallFactor: 8, outlyingDb: 12, silent: 0 },
  int6: { gain: 0.35, smallFactor: 8, outlyingDb: 11, silent: 0 },
  int5: { gain: 0.4, smallFactor: 8, outlyingDb: 10, silent: 0 },
  int4: { gain: 0.4, smallFactor: 10, outlyingDb: 8, silent: 0 },
  int3: { gain: 0.45, smallFactor: 12, outlyingDb: 6.5, silent: 0 },
  int2: { gain: 0.7, smallFactor: 15, outlyingDb: 3, silent: 0 },
}

/** From this share of the output's mean power on a part is one of those that make it up. */
const leastShare = 0.01
/**
 * So does one whose largest value is this much of 1, the most that a sigmoid or softmax gives, or of the output's own
 * largest: scores beside boxes in pixels have next to no power, but what an error before the sigmoid does to values
 * near ½ is no factor any more. Of a text detector in bf16, rows that reach 0.36 were 1.9 times too large, none above.
 */
const leastOfUnit = 0.5

export interface FailedParts {
  readonly axis: number
  /** How many parts there are along that dimension. */
  readonly of: number
  /** Of that dimension; 16 may be more. */
  readonly failed: number
  /** Their indices in that dimension, in order. */
  readonly indices: readonly number[]
  readonly worst: PartError
  /** Whether the scale or the slope of the worst is wrong; else its error is far above that of parts like it. */
  readonly isScaled: boolean
}

/** The parts that are worse than the rule allows; undefined where there are none. */
export function failedParts(
  { parts, shape, referenceMaxAbs }: Pick<OutputComparison, 'parts' | 'shape' | 'referenceMaxAbs'>,
  rule: PartRule,
  largeFrom = leastOfUnit,
): FailedParts | undefined {
  if (!parts) return undefined
  const large = largeFrom * Math.min(1, referenceMaxAbs)
  const off = (factor: number, part: PartError) => isOff(factor, part, rule, large)
  const scaled = parts.scaled.filter((part) => off(part.gain, part))
  const isKnown = (part: PartError) =>
    scaled.some(({ axis, index }) => axis === part.axis && index === part.index)
  const garbled = parts.garbled.filter((part) => off(part.slope!, part) && !isKnown(part))
  const wrong = [...scaled, ...garbled]
  const failed = wrong.length > 0 ? wrong : parts.outlying.filter((part) => isNoisy(part, rule))
  // The dimension with the fewest: a channel that is lost weakens every row a little.
  const share = ({ axis }: PartError) => failed.filter((other) => other.axis === axis).length / shape[axis]!
  const [worst] = [...failed].sort((a, b) => share(a) - share(b))
  if (!worst) return undefined
  const { axis } = worst
  const along = failed.filter((part) => part.axis === axis)
  const indices = along.map(({ index }) => index).sort((a, b) => a - b)
  return { axis, of: shape[axis]!, failed: along.length, indices, worst, isScaled: wrong.length > 0 }
}

function isOff(factor: number, part: PartError, rule: PartRule, large: number): boolean {
  if (part.maxAbs <= rule.silent) return false
  const isSmall = part.powerShare < leastShare && part.referenceMaxAbs < large
  if (!isSmall) return Math.abs(factor - 1) > rule.gain
  return factor > rule.smallFactor || factor < 1 / rule.smallFactor
}

function isNoisy({ sqnrDb, maxAbs }: PartError, rule: PartRule): boolean {
  return sqnrDb < rule.outlyingDb && maxAbs > rule.silent
}

/** The worst part and what is wrong with it, as half a sentence. */
export function describeParts({ axis, of, failed, worst, isScaled }: FailedParts): string {
  const what = isScaled ? describeFactor(worst) : 'is far worse than its like'
  const others = failed === 1 ? '' : `, like ${failed - 1} more`
  return `index ${worst.index} of ${of} of dimension ${axis} ${what}${others}`
}

/** What became of a part whose scale or slope is wrong. */
export function describeFactor({ gain, slope }: PartError): string {
  if (Math.abs(gain) < 0.05) return 'is lost'
  if (slope === undefined) return `is ${Number(gain.toPrecision(3))} times the reference`
  return Math.abs(slope) < 0.3
    ? `does not follow the reference (slope ${slope.toFixed(2)})`
    : `varies ${Number(slope.toPrecision(3))} times as much as the reference`
}
