import type { OutputComparison } from './OutputComparison.js'
import type { PartError } from './PartError.js'
import type { JudgedPrecision } from './passRules.js'

export interface PartRule {
  /** Most that the gain of a part may differ from 1, where the part carries a share of the output's power … */
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

export interface FailedParts {
  readonly axis: number
  /** How many parts there are along that dimension. */
  readonly of: number
  /** Of that dimension; 16 may be more. */
  readonly failed: number
  /** Their indices in that dimension, in order. */
  readonly indices: readonly number[]
  readonly worst: PartError
  /** Whether the scale of the worst is wrong; else its error is far above that of parts like it. */
  readonly isScaled: boolean
}

/** The parts that are worse than the rule allows; undefined where there are none. */
export function failedParts(
  { parts, shape }: Pick<OutputComparison, 'parts' | 'shape'>,
  rule: PartRule,
): FailedParts | undefined {
  if (!parts) return undefined
  const scaled = parts.scaled.filter((part) => isOffScale(part, rule))
  const failed = scaled.length > 0 ? scaled : parts.outlying.filter((part) => isNoisy(part, rule))
  // The dimension with the fewest: a channel that is lost weakens every row a little.
  const share = ({ axis }: PartError) => failed.filter((other) => other.axis === axis).length / shape[axis]!
  const [worst] = [...failed].sort((a, b) => share(a) - share(b))
  if (!worst) return undefined
  const { axis } = worst
  const along = failed.filter((part) => part.axis === axis)
  const indices = along.map(({ index }) => index).sort((a, b) => a - b)
  return { axis, of: shape[axis]!, failed: along.length, indices, worst, isScaled: scaled.length > 0 }
}

function isOffScale({ gain, powerShare, maxAbs }: PartError, rule: PartRule): boolean {
  if (maxAbs <= rule.silent) return false
  if (powerShare >= leastShare) return Math.abs(gain - 1) > rule.gain
  return gain > rule.smallFactor || gain < 1 / rule.smallFactor
}

function isNoisy({ sqnrDb, maxAbs }: PartError, rule: PartRule): boolean {
  return sqnrDb < rule.outlyingDb && maxAbs > rule.silent
}
