import { type Fit, fitLines, fitOf, type LineForm, unknown } from './fit.js'
import { type LastStep, lastSteps } from './functions.js'
import { type Choice, type OutputSamples, plain } from './OutputSamples.js'

/** What was done to the values at the end, on one side and not on the other. */
export type StepGuess =
  | {
      readonly kind: 'function'
      readonly step: LastStep
      /** Of the reference's shape; null where it is pointwise. */
      readonly axis: number | null
      /** Whether the candidate lacks it, or has it where the reference has not. */
      readonly side: 'missing' | 'extra'
    }
  | {
      /** reference = slope * candidate + offset, or one of the two alone. */
      readonly kind: 'line'
      readonly form: LineForm
      /** The dimension whose indices have lines of their own; null: one line for all. */
      readonly axis: number | null
    }

/** What may have happened to an output between the network and the file. */
export interface Guess {
  readonly reading: string
  readonly decoder: string
  readonly step: StepGuess | null
}

export interface ScreenedGuess extends Guess {
  /** On the elements that were looked at. */
  readonly db: number
  readonly centredDb: number
  readonly lostShare: number
  /** Numbers that were fitted. */
  readonly parameters: number
}

/** How many elements are looked at, of all samples together: of every guess, and of those that promise anything. */
const [fewElements, moreElements] = [192, 1024]
const promisingDb = 3
const lineForms: readonly LineForm[] = ['scale', 'offset', 'both']

/** Fewer values fit any line. */
const leastForLine = 4
const leastForChannel = 8
/** Of an output that was cut, at least so much must be left. */
const mostLost = 0.8

/** How many things went wrong at once. A quantised tensor has a scale by nature. */
export function faultsIn({ reading, decoder, step }: Guess, samples: OutputSamples): number {
  const needsLine = reading !== plain && samples.reading(reading).isQuantised && step?.kind === 'line'
  return Number(reading !== plain) + Number(decoder !== plain) + Number(step !== null && !needsLine)
}

/** Whether nothing is supposed at all. */
export function isPlain({ reading, decoder, step }: Guess): boolean {
  return reading === plain && decoder === plain && step === null
}

/**
 * Tries everything: all single faults, and those pairs that occur. First on a few elements, then what promises
 * anything on more. Best first.
 */
export function screenGuesses(samples: OutputSamples): readonly ScreenedGuess[] {
  const first = sweep(samples, fewElements, () => true)
  const promising = new Set(first.filter(({ centredDb }) => centredDb > promisingDb).map(placeOf))
  const second = sweep(samples, moreElements, (guess) => promising.has(placeOf(guess)) || isAsItIs(guess))
  return [...first.filter((guess) => !promising.has(placeOf(guess)) && !isAsItIs(guess)), ...second]
    .filter(({ lostShare }) => lostShare < mostLost)
    .sort((a, b) => b.centredDb - a.centredDb)
}

function placeOf({ reading, decoder }: Omit<Guess, 'step'>): string {
  return `${reading}|${decoder}`
}

/** Channels may have lines of their own that do not promise anything together. */
function isAsItIs({ reading, decoder }: Omit<Guess, 'step'>): boolean {
  return reading === plain && decoder === plain
}

function sweep(
  samples: OutputSamples,
  count: number,
  isWanted: (guess: Omit<Guess, 'step'>) => boolean,
): ScreenedGuess[] {
  const found: ScreenedGuess[] = []
  const any = samples.chooseAny(count)
  const groups = samples.axes.map((axis) => samples.chooseGroups(axis, count))
  const choices = [any, ...groups].map((choice) => {
    const trials = stepTrials(samples, choice)
    return { choice, trials, room: new Float64Array(trials.target.length) }
  })
  const { readings } = samples
  for (const [decoder] of samples.decoders) {
    const wanted = readings.filter(([reading]) => isWanted({ reading, decoder }))
    if (wanted.length === 0) continue
    for (const { choice, trials, room } of choices) {
      const places = samples.placesOf(decoder, choice)
      for (const [reading, { isQuantised }] of wanted) {
        // Two faults at once, never three.
        const withSteps = reading === plain || decoder === plain
        if (choice.axis !== null && (!withSteps || isQuantised)) continue
        const values = samples.valuesAt(reading, places, room)
        found.push(...tryOn(values, { reading, decoder }, choice, withSteps, isQuantised, trials))
      }
    }
    if (count === moreElements && wanted[0]![0] === plain) found.push(...tryChannels(samples, decoder, any))
  }
  return found
}

/** A last step with what it makes of the reference's chosen values. */
interface Trial {
  readonly step: LastStep
  readonly target: Float64Array
}

function stepTrials(samples: OutputSamples, choice: Choice): { target: Float64Array; steps: readonly Trial[] } {
  const target = samples.targetsOf(choice)
  const steps = lastSteps
    .filter(({ isPointwise }) => isPointwise === (choice.axis === null))
    .map((step) => ({ step, target: step.apply(target, choice.size) }))
  return { target, steps }
}

function tryOn(
  values: Float64Array,
  guess: Omit<Guess, 'step'>,
  { axis, size }: Choice,
  withSteps: boolean,
  isQuantised: boolean,
  { target, steps }: ReturnType<typeof stepTrials>,
): ScreenedGuess[] {
  const found: ScreenedGuess[] = []
  const add = (fit: Fit, step: StepGuess | null, parameters: number) => {
    const isLine = step?.kind === 'line'
    found.push({
      ...guess,
      step,
      // A line with less to fit leaves more: that is measured where it is held against all elements.
      db: isLine ? fit.lineDb : fit.db,
      centredDb: isLine ? fit.lineCentredDb : fit.centredDb,
      lostShare: fit.lostShare,
      parameters,
    })
  }
  if (axis === null) {
    const fit = fitOf(target, values)
    if (!isQuantised) add(fit, null, 0)
    if (fit.count >= leastForLine && (withSteps || isQuantised)) {
      for (const form of lineForms) add(fit, { kind: 'line', axis: null, form }, form === 'both' ? 2 : 1)
    }
  }
  if (!withSteps || isQuantised) return found
  for (const trial of steps) {
    const { step } = trial
    add(fitOf(target, applied(step, values, size)), { kind: 'function', step, axis, side: 'missing' }, 0)
    add(fitOf(trial.target, values), { kind: 'function', step, axis, side: 'extra' }, 0)
  }
  return found
}

/** A line for each index of a dimension: a tensor that was quantised, or normalised, channel by channel. */
function tryChannels(samples: OutputSamples, decoder: string, any: Choice): ScreenedGuess[] {
  // Of the reference's own order all elements are looked at, as channels may be many.
  const choice = decoder === plain ? samples.chooseAll(null) : any
  const target = samples.targetsOf(choice)
  const axes = samples.axes.filter((axis) => target.length >= leastForChannel * samples.channelCount(axis))
  if (axes.length === 0) return []
  const values = samples.valuesAt(plain, samples.placesOf(decoder, choice))
  return axes.map((axis) => {
    const count = samples.channelCount(axis)
    const { db, centredDb } = fitLines(target, values, samples.channelsOf(choice, axis), count, 'both')
    const step: StepGuess = { kind: 'line', axis, form: 'both' }
    return { reading: plain, decoder, step, db, centredDb, lostShare: 0, parameters: 2 * count }
  })
}

/** Groups with a value that is not known are not known. */
export function applied(step: LastStep, values: Float64Array, size: number): Float64Array {
  const result = step.apply(values, size)
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== unknown) continue
    const start = i - (i % size)
    result.fill(unknown, start, start + size)
  }
  return result
}
