import { downToTenths, formatDb } from '../../format/numbers.js'
import type { Cause, CauseCode, Fix, Rejected } from '../Cause.js'
import { memoryLayouts } from '../decoders.js'
import type { Misreading } from './findMisreading.js'
import type { LineForm, Lines } from './fit.js'
import type { Guess, StepGuess } from './guess.js'
import { type OutputSamples, plain } from './OutputSamples.js'
import { fixForDType, fixForLayout, fixForStep } from './outputFixes.js'
import type { Verified } from './verifyGuess.js'

/** As sure as the outputs alone make it: what restores a thousand values is no chance, but runs may say more. */
const sure = 0.95
/** The rest of the error has another cause. */
const halfSure = 0.6
/** Another guess restores it as well. */
const tied = 0.7
/** Lines of more channels are summed up by their range. */
const mostLines = 16

/** One cause for each thing that went wrong: the layout first, since it is read first. */
export function causesOf(samples: OutputSamples, misreading: Misreading): readonly Cause[] {
  const { found, isWhole, ties } = misreading
  if (!found) return []
  const codes = (guess: Verified) =>
    partsOf(samples, guess.guess, guess.lines)
      .map(({ code }) => code)
      .join()
  const rivals = ties.map((tie) => describeGuess(samples, tie))
  const isTied = ties.some((tie) => codes(tie) !== codes(found))
  const confidence = !isWhole ? halfSure : isTied ? tied : sure
  return partsOf(samples, found.guess, found.lines).map(({ code, what, evidence, fix }) => ({
    code,
    confidence,
    message: `${what}${togetherWith(samples, found, code)}: ${restored(found, misreading)}.`,
    evidence: {
      output: samples.pairs[0]!.name,
      samples: samples.pairs.length,
      ...evidence,
      ...numbersOf(found, misreading.beforeDb),
      ...(rivals.length > 0 && { restoresAsWell: rivals }),
    },
    fix,
  }))
}

/** What was tried and leaves too much: the best guess of each kind. */
export function rejectionsOf(
  samples: OutputSamples,
  { rejected, beforeDb }: Misreading,
): readonly Rejected[] {
  return rejected.flatMap((tried) => {
    const [guess, lines] = 'guess' in tried ? [tried.guess, tried.lines] : [tried, null]
    const numbers =
      'guess' in tried
        ? numbersOf(tried, beforeDb)
        : { sqnrBeforeDb: downToTenths(beforeDb), sqnrAfterDb: downToTenths(tried.db), isEstimate: true }
    return partsOf(samples, guess, lines).map(({ code, what, evidence }) => ({
      code,
      message: `${what}: that leaves ${formatDb(tried.db)}, where ${formatDb(beforeDb)} are without.`,
      evidence: { output: samples.pairs[0]!.name, ...evidence, ...numbers },
    }))
  })
}

function numbersOf({ db, centredDb, verdicts, judgedAs, lostShare, count }: Verified, beforeDb: number) {
  return {
    sqnrBeforeDb: downToTenths(beforeDb),
    sqnrAfterDb: downToTenths(db),
    centredAfterDb: downToTenths(centredDb),
    floorDb: downToTenths(Math.max(...verdicts.map(({ floorDb }) => floorDb))),
    judgedAs,
    values: count,
    ...(lostShare > 0 && { lostShare: Number(lostShare.toFixed(4)) }),
  }
}

function restored({ db, lostShare }: Verified, { beforeDb, isWhole }: Misreading): string {
  const before = `as it is, ${formatDb(beforeDb)} are left of the agreement, and`
  const after = db >= 400 ? 'exact agreement' : `agreement to ${formatDb(db)}`
  const rest = isWhole
    ? ''
    : ', which is still less than the precision allows: something else is wrong as well'
  const lost = lostShare > 0 ? ` of the ${Math.round((1 - lostShare) * 100)} % that are left of it` : ''
  return `${before} undoing it restores ${after}${lost}${rest}`
}

interface Part {
  readonly code: CauseCode
  readonly what: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly fix: Fix
}

function partsOf(samples: OutputSamples, guess: Guess, lines: Lines | null): readonly Part[] {
  const { reading, decoder, step } = guess
  const name = samples.pairs[0]!.name
  const parts: Part[] = []
  if (decoder === plain && reading === plain && step === null) parts.push(otherLength(samples))
  if (decoder !== plain) {
    const { held, readAs, note } = samples.decoder(decoder)
    parts.push({
      code: 'LAYOUT_MISREAD',
      what: `'${name}' lies in memory as ${held} and was read as ${readAs}${note === '' ? '' : ` (${note})`}`,
      evidence: { held, readAs },
      fix: fixForLayout(name, samples.decoder(decoder), reading === plain ? null : samples.reading(reading)),
    })
  }
  if (reading !== plain) {
    const { held, readAs, note } = samples.reading(reading)
    parts.push({
      code: 'DTYPE_MISREAD',
      what: `the bytes of '${name}' are ${held} and were read as ${readAs}${note === '' ? '' : ` (${note})`}`,
      evidence: { heldType: held, readAsType: readAs, ...linesEvidence(lines) },
      fix: fixForDType(name, samples.reading(reading)),
    })
  } else if (step !== null) {
    parts.push({
      code: 'SCALE_OFFSET_MISSING',
      what: `${describeStep(samples, lines, step)} ('${name}')`,
      evidence: { ...stepEvidence(samples, step), ...linesEvidence(lines) },
      fix: fixForStep(name, step, lines),
    })
  }
  return parts
}

const formNames = { scale: 'a scale', offset: 'an offset', both: 'a scale and an offset' }

/** The right elements in the right order, with padding behind them, or cut off. */
function otherLength(samples: OutputSamples): Part {
  const { name, reference, candidate } = samples.pairs[0]!
  const [given, wanted] = [candidate.length, reference.length]
  const layouts = memoryLayouts(reference.shape, reference.layout)
  const [own] = layouts
  const padded = layouts.find(({ size, place }) => size === given && place(wanted - 1) === wanted - 1)
  const held = padded?.name ?? own!.name
  const readAs = `${given} elements of ${own!.name}`
  const what =
    given > wanted
      ? `'${name}' has ${wanted} elements and ${given} were read: what follows them is padding${padded ? ` of ${held}` : ''}`
      : `'${name}' has ${wanted} elements and only ${given} were read`
  const decoder = { held: padded ? held : `${held}+cstep`, readAs, note: '', at: (index: number) => index }
  return { code: 'LAYOUT_MISREAD', what, evidence: { held, readAs }, fix: fixForLayout(name, decoder, null) }
}

/** The other parts of a guess that has several: none of them restores agreement alone. */
function togetherWith(samples: OutputSamples, guess: Verified, code: CauseCode): string {
  const others = partsOf(samples, guess.guess, guess.lines).filter((part) => part.code !== code)
  return others.length === 0 ? '' : `, and ${others.map(({ what }) => what).join(', and ')}`
}

function describeGuess(samples: OutputSamples, guess: Verified): string {
  return partsOf(samples, guess.guess, guess.lines)
    .map(({ what }) => what)
    .join(', and ')
}

function describeStep(samples: OutputSamples, lines: Lines | null, step: StepGuess): string {
  if (step.kind === 'function') {
    const along = step.axis === null ? '' : ` along dimension ${step.axis}`
    if (step.side === 'missing') return `the candidate lacks a ${step.step.name}${along} at the end`
    return isDoubled(samples, step)
      ? `the candidate has a second ${step.step.name}${along} at the end`
      : `the candidate has a ${step.step.name}${along} at the end that the reference has not`
  }
  const along = step.axis === null ? '' : ` for each index of dimension ${step.axis}`
  if (!lines) return `${formNames[step.form]}${along} is missing`
  const { slopes, offsets } = candidateLines(lines)
  if (slopes.length === 1) return lineText(step.form, short(slopes[0]!), offsets[0]!)
  return (
    `each index of dimension ${step.axis} has a scale and an offset of its own: candidate = ` +
    `(${range(slopes)}) * reference + (${range(offsets)})`
  )
}

function lineText(form: LineForm, slope: string, offset: number): string {
  const scaled = form === 'offset' ? 'reference' : `${slope} * reference`
  if (form === 'scale') return `candidate = ${scaled}`
  return `candidate = ${scaled} ${offset < 0 ? '-' : '+'} ${short(Math.abs(offset))}`
}

function stepEvidence(samples: OutputSamples, step: StepGuess): Readonly<Record<string, unknown>> {
  if (step.kind === 'line') return step.axis === null ? {} : { axis: step.axis }
  const how = step.side === 'missing' ? 'missing' : isDoubled(samples, step) ? 'doubled' : 'extra'
  return { function: step.step.name, how, ...(step.axis !== null && { axis: step.axis }) }
}

/** Whether the reference's values are such a step's already. */
function isDoubled(samples: OutputSamples, step: Extract<StepGuess, { kind: 'function' }>): boolean {
  const choice = samples.chooseAll(step.axis)
  // What is in (0, 1] may be anything for exp, log and tanh.
  if (step.step.name !== 'sigmoid' && step.step.name !== 'softmax') return false
  return step.step.holds(samples.targetsOf(choice), choice.size)
}

function linesEvidence(lines: Lines | null): Readonly<Record<string, unknown>> {
  if (!lines) return {}
  const { slopes, offsets } = candidateLines(lines)
  if (slopes.length === 1) return { slope: exact(slopes[0]!), offset: exact(offsets[0]!) }
  return {
    slopes: slopes.slice(0, mostLines).map(exact),
    offsets: offsets.slice(0, mostLines).map(exact),
    channels: slopes.length,
  }
}

/** The lines the other way round: what became of the reference in the candidate. */
function candidateLines({ slopes, offsets }: Lines): Pick<Lines, 'slopes' | 'offsets'> {
  return {
    slopes: slopes.map((slope) => (slope === 0 ? 0 : 1 / slope)),
    offsets: offsets.map((offset, i) => (slopes[i] === 0 ? 0 : -offset / slopes[i]!)),
  }
}

const exact = (value: number) => Number(value.toPrecision(7))
const short = (value: number) => String(Number(value.toPrecision(4)))

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return short(least) === short(most) ? short(least) : `${short(least)} to ${short(most)}`
}
