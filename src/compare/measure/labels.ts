import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Scores } from './Measurement.js'

/** An output whose values are names of things, not amounts: they are counted, and the size of an error says nothing. */
export interface LabelComparison {
  readonly count: number
  /** Positions with another label. */
  readonly differing: number
  /** Where every label is off by the same number, that number; else null. */
  readonly shift: number | null
  /** Labels of the reference of which some are another in the candidate, the most conspicuous first, at most 16. */
  readonly changed: readonly LabelChange[]
}

interface LabelChange {
  readonly label: number
  /** Positions that have it in the reference … */
  readonly count: number
  /** … and another one in the candidate. */
  readonly differing: number
}

/** Of more distinct values, 8-bit integers are amounts: pixels, or what a quantised network computes with. */
const mostByteLabels = 64

/**
 * Compares labels: whole numbers in an integer type of at least 16 bits, booleans, and bytes of few distinct values.
 * One side may hold them as floats, as engines and recordings do. Null where the output holds amounts.
 */
export function compareLabels(reference: Tensor, candidate: Tensor): LabelComparison | null {
  const declared = [reference, candidate].find(({ dtype }) => isInteger(dtype))
  if (declared === undefined || reference.length === 0) return null
  const [a, b] = [float32Values(reference), float32Values(candidate)]
  if (isByte(declared.dtype) && new Set(a).size > mostByteLabels) return null
  if (!isInteger(reference.dtype) && !a.every(Number.isInteger)) return null
  let differing = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differing++
  const shift = b[0]! - a[0]!
  const isShifted = differing === a.length && a.every((label, i) => b[i]! - label === shift)
  const changed = differing > 0 ? changedLabels(a, b) : []
  return { count: a.length, differing, shift: isShifted ? shift : null, changed }
}

const mostNamed = 16

function changedLabels(a: Scores, b: Scores): readonly LabelChange[] {
  const found = new Map<number, { label: number; count: number; differing: number }>()
  for (let i = 0; i < a.length; i++) {
    const label = a[i]!
    let change = found.get(label)
    if (!change) {
      change = { label, count: 0, differing: 0 }
      found.set(label, change)
    }
    change.count++
    if (b[i] !== label) change.differing++
  }
  // As a multiple of what chance makes of so many, save for a factor.
  const weight = ({ count, differing }: LabelChange) => differing / Math.sqrt(count)
  return [...found.values()]
    .filter((change) => change.differing > 0)
    .sort((x, y) => weight(y) - weight(x))
    .slice(0, mostNamed)
}

function isInteger(dtype: Tensor['dtype']): boolean {
  return dtype === 'bool' || dtype.startsWith('int') || dtype.startsWith('uint')
}

function isByte(dtype: Tensor['dtype']): boolean {
  return dtype === 'int8' || dtype === 'uint8'
}

/** What is rarer than this, if only ties flip as often as expected, is no chance. */
const leastChance = 0.02
/** Flips that the noise of a precision makes, as a multiple of its amplitude: neighbouring scores lie that dense. */
const flipsPerNoise = 1.5
/** At no precision are more than so many expected, save for weights of fewer than 8 bits. */
const mostExpected = 0.01
/** Ties lie where classes meet, and a small object is little else than its edge. */
const edgeFactor = 10
/** Fewer labels of a class may all be ties. */
const leastOfClass = 4

/**
 * How many labels of `count` may differ at a floor of so many dB: ties between the best two scores, which nobody sees
 * any more, fall the other way in a share that follows from the noise. Never half of them, so never the only one.
 */
export function allowedFlips(count: number, floorDb: number, most = mostExpected): number {
  const expected = count * Math.min(most, flipsPerNoise * 10 ** (-floorDb / 20))
  return Math.min(Math.ceil(count / 2) - 1, poissonLimit(expected))
}

/**
 * The label that lost more of its positions than ties explain, with how many those are: a class may be gone while it
 * is too rare to count among all labels. Ten times the share of all labels may be ties, and never half of them.
 */
export function lostLabel(
  { changed }: LabelComparison,
  floorDb: number,
  most = mostExpected,
): { change: LabelChange; allowed: number } | undefined {
  for (const change of changed) {
    const allowed = allowedFlips(change.count, floorDb - 20 * Math.log10(edgeFactor), edgeFactor * most)
    if (change.count >= leastOfClass && change.differing > allowed) return { change, allowed }
  }
  return undefined
}

/** The largest number that is reached with a chance of at least `leastChance`. */
function poissonLimit(mean: number): number {
  if (mean > 100) return Math.floor(mean + 2.05 * Math.sqrt(mean))
  let [term, below, k] = [Math.exp(-mean), 0, 0]
  while (1 - below - term >= leastChance) {
    below += term
    k++
    term *= mean / k
  }
  return k
}
