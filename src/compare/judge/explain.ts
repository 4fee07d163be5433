import { answering } from '../../errors/answering.js'
import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import { roundDown } from '../measure/Measurement.js'
import type { ChannelFit } from '../measure/measureExtras.js'
import type { OutputComparison } from '../measure/OutputComparison.js'
import { describeFactor } from './partRules.js'

export interface Explanation {
  /** Stable: branch on it, not on the message. */
  readonly code:
    | 'non-finite'
    | 'zero-output'
    | 'shifted-labels'
    | 'silent-reference'
    | 'lost-part'
    | 'moved-elements'
    | 'scale-offset'
    | 'lower-precision'
    | 'few-elements'
    | 'unrelated'
    /** Not of one output alone: see `holds`. */
    | 'swapped-outputs'
  readonly message: string
}

export interface ExplainContext {
  /** The SQNR that the output is held to, in dB. */
  readonly floorDb: number
  /** The precision that ran, as the engine reports it. */
  readonly ran: string
}

const contextNames: OptionNames<ExplainContext> = { floorDb: true, ran: true }

/**
 * What the numbers of a failed comparison look like, most telling first; null where they tell nothing. Works best
 * on a comparison with `details`.
 */
export const explain = answering(
  'explain',
  function explain(comparison: OutputComparison, context: ExplainContext): Explanation | null {
    requireOptions(context, contextNames)
    return (
      shiftedLabels(comparison) ??
      nonFinite(comparison) ??
      zeroOutput(comparison) ??
      movedElements(comparison, context) ??
      silentReference(comparison) ??
      scaleOffset(comparison, context) ??
      lostPart(comparison, context) ??
      lowerPrecision(comparison, context) ??
      fewElements(comparison) ??
      unrelated(comparison)
    )
  },
)

function shiftedLabels({ labels }: OutputComparison): Explanation | null {
  if (!labels?.shift) return null
  return {
    code: 'shifted-labels',
    message: `every label is off by ${labels.shift}: counted from another number, or a class list with one more entry in front`,
  }
}

/** There is no scale that an error could be held against. */
function silentReference({ referenceMaxAbs, maxAbs, sqnrDb }: OutputComparison): Explanation | null {
  if (sqnrDb === null || referenceMaxAbs > 0) return null
  return {
    code: 'silent-reference',
    message: `the reference is zero throughout and the candidate reaches ${number(maxAbs)}: give an input that the network answers to`,
  }
}

/** One part of many, while the others are right. */
function lostPart({ parts, sqnrDb }: OutputComparison, { floorDb }: ExplainContext): Explanation | null {
  const worst = parts?.scaled[0] ?? parts?.garbled[0]
  if (!worst || sqnrDb === null || sqnrDb < floorDb - 20) return null
  const place = `index ${worst.index} of dimension ${worst.axis}`
  return {
    code: 'lost-part',
    message: `${place} ${describeFactor(worst)}, while the output as a whole has ${db(sqnrDb)}: look at the layer that computes it`,
  }
}

function nonFinite({
  sqnrDb,
  nan,
  inf,
  referenceNan,
  referenceInf,
  worst,
  elements,
}: OutputComparison): Explanation | null {
  if (sqnrDb !== null || nan + inf + referenceNan + referenceInf === 0) return null
  const side = nan + inf >= referenceNan + referenceInf ? 'candidate' : 'reference'
  const [nans, infs] = side === 'candidate' ? [nan, inf] : [referenceNan, referenceInf]
  const place = worst ? `, the first at [${worst.coordinate.join(', ')}]` : ''
  return {
    code: 'non-finite',
    message: `the ${side} has ${nans} NaN and ${infs} Inf among ${elements} values${place}: an overflow (fp16 ends at 65504), or damaged weights`,
  }
}

function zeroOutput({ sqnrDb, cosine, referenceMaxAbs }: OutputComparison): Explanation | null {
  // cosine is exactly 0 where one side is zero throughout, and the error is then the reference itself.
  if (cosine !== 0 || sqnrDb !== 0 || referenceMaxAbs === 0) return null
  return {
    code: 'zero-output',
    message: 'the candidate is zero throughout: an input that never arrives, or weights that are zero',
  }
}

/**
 * Sorted values that agree. Two independent draws of n values from one distribution agree to about 10 * log10(n)
 * dB once sorted, so that much and 20 dB more is asked for.
 */
function movedElements(
  { sqnrDb, sortedSqnrDb, elements }: OutputComparison,
  { floorDb }: ExplainContext,
): Explanation | null {
  const enough = Math.max(floorDb, 10 * Math.log10(elements) + 20)
  if (sqnrDb === null || sqnrDb > 20 || sortedSqnrDb == null || sortedSqnrDb < enough) return null
  return {
    code: 'moved-elements',
    message: `the values are right (${db(sortedSqnrDb)} once sorted) but in other places: a transposed or wrongly read layout (NHWC for NCHW, swapped height and width)`,
  }
}

function scaleOffset(
  { sqnrDb, channelFit, elements }: OutputComparison,
  { floorDb }: ExplainContext,
): Explanation | null {
  if (sqnrDb === null || !channelFit || channelFit.sqnrDb < Math.max(floorDb - 6, sqnrDb + 20)) return null
  // Two numbers are fitted in each channel: with few values, anything fits.
  if (elements / channelFit.slopes.length < 8) return null
  return {
    code: 'scale-offset',
    message: `${fitted(channelFit)} (then ${db(channelFit.sqnrDb)}): a missing or doubled scale, offset, softmax or normalisation`,
  }
}

function fitted({ slopes, offsets }: ChannelFit): string {
  const [slope, offset] = [rangeOf(slopes), rangeOf(offsets)]
  if (slope.same && offset.same) return `candidate = ${slope.text} * reference + ${offset.text}`
  return `each channel has a scale of its own, ${slope.text}, and an offset, ${offset.text}`
}

/** As far as it is printed: what rounds to one number is one number. */
function rangeOf(values: readonly number[]): { same: boolean; text: string } {
  const [least, most] = [number(Math.min(...values)), number(Math.max(...values))]
  return least === most ? { same: true, text: least } : { same: false, text: `${least} to ${most}` }
}

/** Values on the grid of a precision that the engine does not say ran. */
function lowerPrecision(
  { candidateGrid, referenceGrid }: OutputComparison,
  { ran }: ExplainContext,
): Explanation | null {
  const grids = [
    ['bf16', candidateGrid.bf16, referenceGrid.bf16],
    ['fp16', candidateGrid.fp16, referenceGrid.fp16],
  ] as const
  // Most values of bf16's grid lie on fp16's too, hence the order.
  const found = grids.find(([, here]) => here > 0.99)
  if (!found || found[2] > 0.5 || ran.startsWith(found[0]) || candidateGrid.judged < 16) return null
  return {
    code: 'lower-precision',
    message: `all values lie on the grid of ${found[0]}, though ${ran} is said to have run: the output was stored in ${found[0]}`,
  }
}

/** One value that carries most of the error power. */
function fewElements({ sqnrDb, maxAbs, rmse, elements, worst }: OutputComparison): Explanation | null {
  const share = maxAbs ** 2 / (rmse ** 2 * elements)
  if (sqnrDb === null || !worst || elements < 16 || !(share > 0.5)) return null
  return {
    code: 'few-elements',
    message: `one value, at [${worst.coordinate.join(', ')}], makes up ${Math.floor(share * 100)} % of the error power: the others are fine`,
  }
}

function unrelated({ cosine }: OutputComparison): Explanation | null {
  if (cosine === null || Math.abs(cosine) > 0.5) return null
  return {
    code: 'unrelated',
    message: `the outputs have little in common (cosine ${roundDown(cosine, 3)}): damaged weights, another model's file, or another input`,
  }
}

const db = (value: number) => `${roundDown(value, 1).toFixed(1)} dB`
const number = (value: number) => String(Number(value.toPrecision(4)))
