import { judge, type Verdict } from '../../compare/judge/judge.js'
import { floorOf, type JudgeContext, type JudgedPrecision } from '../../compare/judge/passRules.js'
import { compareTensors } from '../../compare/measure/compareTensors.js'
import type { OutputComparison } from '../../compare/measure/OutputComparison.js'
import type { PartError } from '../../compare/measure/PartReader.js'
import { castTensor } from '../../tensor/convertTensor.js'
import type { DType } from '../../tensor/DType.js'
import { Tensor } from '../../tensor/Tensor.js'
import { bitsOf, fitLines, fitOf, type LineForm, type Lines, unknown } from './fit.js'
import { applied, faultsIn, type Guess } from './guess.js'
import type { OutputSamples } from './OutputSamples.js'

/** A guess held against every element of every sample, and against the judge. */
export interface Verified {
  readonly guess: Guess
  readonly faults: number
  readonly parameters: number
  /** Of the worst sample, in dB. */
  readonly db: number
  /** Of all samples, about the mean. */
  readonly centredDb: number
  /** Of the reference, beyond chance: see `bitsOf`. */
  readonly bits: number
  /** How many values were compared. */
  readonly count: number
  readonly lostShare: number
  /** What it was judged as: the lower of what ran and what the bytes hold. */
  readonly judgedAs: JudgedPrecision
  readonly verdicts: readonly Verdict[]
  readonly pass: boolean
  /** Of a line: reference = slope * candidate + offset. */
  readonly lines: Lines | null
}

/** What fitting a line to whole numbers leaves. */
const wholeSlack = 1e-6

/** Factors that are left out or doubled: of pixels, of bytes, of fixed point, of percents. */
const usualFactors = [255, 256, 127, 127.5, 128, 2, 100, 1000]
/** What one of these counts as, of a number that was fitted. */
const usualCost = 0.4
const factorSlack = 2e-3
/** Whole numbers that a byte holds where the reference has none were quantised: there a line is half of what is to be shown. */
const quantisedCost = 0.5

/** What memory of a type can hold at best. */
const heldPrecision: Readonly<Partial<Record<DType, JudgedPrecision>>> = {
  float16: 'fp16',
  bfloat16: 'bf16',
  int8: 'int8',
  uint8: 'int8',
}

export function verifyGuess(
  samples: OutputSamples,
  guess: Guess,
  precision: JudgedPrecision,
  context: JudgeContext,
): Verified {
  const { reading, decoder, step } = guess
  const axis = step?.kind === 'function' ? step.axis : null
  const choice = samples.chooseAll(axis)
  const values = samples.valuesAt(reading, samples.placesOf(decoder, choice))
  const targets = samples.targetsOf(choice)
  const lines =
    step?.kind === 'line'
      ? fitLines(
          targets,
          values,
          samples.channelsOf(choice, step.axis),
          samples.channelCount(step.axis),
          step.form,
        )
      : null
  // One step of a tensor that was quantised: what is smaller is rounded away there, and no part that was lost.
  const stepSize = lines && isOfBytes(values) ? Math.max(...lines.slopes.map(Math.abs)) : null
  const held = stepSize === null ? heldPrecision[samples.reading(reading).held] : 'int8'
  if (lines && step?.kind === 'line') followLines(values, lines, samples.channelsOf(choice, step.axis))
  const isFunction = step?.kind === 'function'
  const wanted = isFunction && step.side === 'extra' ? step.step.apply(targets, choice.size) : targets
  const given = isFunction && step.side === 'missing' ? applied(step.step, values, choice.size) : values
  const fit = fitOf(wanted, given)
  const judgedAs = lowerPrecision(precision, held, context)
  const judged = compareSamples(samples, choice.positions, wanted, given).map((comparison) => ({
    comparison,
    verdict: judge(stepSize === null ? comparison : partsAbove(comparison, stepSize), judgedAs, context),
  }))
  const db = Math.min(fit.db, ...judged.map(({ comparison }) => comparison.sqnrDb ?? fit.db))
  return {
    guess,
    faults: faultsIn(guess, samples),
    parameters:
      lines && step?.kind === 'line'
        ? parametersOf(lines, step.form, stepSize !== null && !isOfBytes(targets))
        : 0,
    db,
    centredDb: lines ? Math.min(lines.centredDb, fit.centredDb) : fit.centredDb,
    bits: bitsOf(wanted, given),
    count: fit.count,
    lostShare: fit.lostShare,
    judgedAs,
    verdicts: judged.map(({ verdict }) => verdict),
    pass: judged.length === samples.pairs.length && judged.every(({ verdict }) => verdict.pass),
    lines,
  }
}

/** How many numbers were fitted; one that people use is hardly one. */
function parametersOf({ slopes }: Lines, form: LineForm, isQuantised: boolean): number {
  const cost = isQuantised && slopes.length === 1 ? quantisedCost : 1
  if (form === 'both') return 2 * slopes.length * cost
  const isUsual =
    form === 'scale' && slopes.length === 1 && usualFactors.some((factor) => isNear(slopes[0]!, factor))
  return isUsual ? usualCost : slopes.length * cost
}

function isNear(slope: number, factor: number): boolean {
  return [factor, 1 / factor].some((wanted) => Math.abs(slope / wanted - 1) < factorSlack)
}

function partsAbove(comparison: OutputComparison, least: number): OutputComparison {
  const { parts } = comparison
  if (!parts) return comparison
  const above = (list: readonly PartError[]) => list.filter(({ maxAbs }) => maxAbs > least)
  const [scaled, garbled, outlying] = [above(parts.scaled), above(parts.garbled), above(parts.outlying)]
  return { ...comparison, parts: { ...parts, scaled, garbled, outlying } }
}

/** Whether all are whole numbers that a byte can hold: a tensor that was quantised and read as it is, floats or not. */
function isOfBytes(values: Float64Array): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value === unknown) continue
    if (!Number.isInteger(value)) return false
    if (value < least) least = value
    if (value > most) most = value
  }
  return most > least && least >= -128 && most <= 255 && most - least <= 255
}

export function lowerPrecision(
  ran: JudgedPrecision,
  held: JudgedPrecision | undefined,
  context: JudgeContext,
): JudgedPrecision {
  return held && floorOf(held, context) < floorOf(ran, context) ? held : ran
}

function followLines(values: Float64Array, { slopes, offsets }: Lines, channels: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== unknown) values[i] = slopes[channels[i]!]! * values[i]! + offsets[channels[i]!]!
  }
}

/** Each sample as the reference has it, so that the judge sees its channels; where values were lost, what is left. */
function compareSamples(
  samples: OutputSamples,
  positions: readonly Int32Array[],
  wanted: Float64Array,
  given: Float64Array,
): readonly OutputComparison[] {
  let start = 0
  return samples.pairs.flatMap(({ name, reference }, sample) => {
    const places = positions[sample]!
    const part = [wanted, given].map((values) => values.subarray(start, start + places.length))
    start += places.length
    const [a, b] = part as [Float64Array, Float64Array]
    if (!b.includes(unknown)) {
      const make = (values: Float64Array) =>
        new Tensor(inOrder(values, places), reference.shape, { layout: reference.layout })
      return [compareTensors(...asLabels(make(a), make(b), reference), { name })]
    }
    const known = a.filter((_, i) => b[i] !== unknown)
    if (known.length === 0) return []
    const left = b.filter((value) => value !== unknown)
    const make = (values: Float64Array) => new Tensor(values, [values.length])
    return [compareTensors(make(known), make(left), { name, classAxis: null })]
  })
}

/** Labels stay labels, for the judge to count them, where the reference has them. */
function asLabels(wanted: Tensor, given: Tensor, { dtype }: Tensor): [Tensor, Tensor] {
  const whole = isFloat(dtype) ? null : castTensor(wanted, dtype)
  if (!whole) return [wanted, given]
  const near = (given.data as Float64Array).map((value) =>
    Math.abs(value - Math.round(value)) < wholeSlack ? Math.round(value) : value,
  )
  return [whole, new Tensor(near, given.shape, { layout: given.layout })]
}

function isFloat(dtype: DType): boolean {
  return dtype.includes('float')
}

function inOrder(values: Float64Array, places: Int32Array): Float64Array {
  const ordered = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) ordered[places[i]!] = values[i]!
  return ordered
}
