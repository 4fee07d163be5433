import type { JudgeContext, JudgedPrecision } from '../../compare/judge/passRules.js'
import { lastSteps } from './functions.js'
import { faultsIn, type Guess, isPlain, type ScreenedGuess, screenGuesses } from './guess.js'
import { type OutputSamples, plain } from './OutputSamples.js'
import { type Verified, verifyGuess } from './verifyGuess.js'

/** What the search for a cause in the reading of an output came to. */
export interface Misreading {
  /** What restores agreement; null: nothing does. */
  readonly found: Verified | null
  /** Whether what is left afterwards is no more than the precision explains. */
  readonly isWhole: boolean
  /** Other guesses that restore it as well. */
  readonly ties: readonly Verified[]
  /** As it is, of the worst sample. */
  readonly beforeDb: number
  /** The best of every kind that does not restore it: not all of them were held against more than a few elements. */
  readonly rejected: readonly (Verified | ScreenedGuess)[]
}

/** A guess must be better than what was given by so many dB, or it says nothing. */
const leastGainDb = 10
/** About the mean: agreement in an offset alone is none. */
const leastCentredDb = 10
/** How far below its floor a right output may be about its mean: where all values are large, so is their rounding. */
const offsetDb = 12
/**
 * Bits of the reference that a guess must predict beyond chance and beyond what was fitted. Some 2^7 guesses of one fault
 * are tried and 2^12 of several or with another element type.
 */
const leastBits = 12
const leastBitsOfMany = 30
/** What a number that was fitted may account for. */
const bitsOfParameter = 8
/** What restores so much is named though the rest is more than the precision explains: there is something else as well. */
const partial = { gainDb: 25, db: 30, centredDb: 25, bits: 60 }
/** Within so many dB two guesses are equally good, and the simpler one is meant. */
const tieDb = 3
/** What is better agrees but for the rounding of fp32: there is no better and worse. */
const roundingDb = 90
/** Two faults are supposed only where they explain so much more than one. */
const secondFaultDb = 20
/** Better than this, one fault explains enough. */
const enoughDb = 60
/** What a few elements may say too little. */
const screeningDb = 4
/** How many guesses of a kind are held against all elements. */
const mostVerified = 3

/** Looks for what was done to an output after it was computed: its layout, its element type, its last step. */
export function findMisreading(
  samples: OutputSamples,
  precisions: readonly JudgedPrecision[],
  context: JudgeContext,
): Misreading {
  const screened = screenGuesses(samples)
  const asIs = verifyAs(samples, nothingDone, precisions, context)
  if (samples.hasOtherLength && asIs.pass && bitsOf(asIs) > leastBits) {
    return { found: asIs, isWhole: true, ties: [], beforeDb: asIs.db, rejected: [] }
  }
  const tried = bestOfKinds(screened, samples)
  const verified = worthwhile(screened, asIs.db)
    .map((guess) => verifyAs(samples, guess, precisions, context))
    .sort(bySimplicity)
  const whole = best(verified.filter((guess) => restores(guess, asIs.db)))
  const found =
    whole ?? (samples.areWhole ? null : best(verified.filter((guess) => restoresPartly(guess, asIs.db))))
  const isTie = (other: Verified) =>
    found !== null &&
    other !== found &&
    other.faults <= found.faults &&
    other.db > Math.min(found.db - tieDb, roundingDb)
  const isRejected = (guess: Verified | ScreenedGuess) =>
    guess !== found && !('guess' in guess && (isTie(guess) || restores(guess, asIs.db)))
  return {
    found,
    isWhole: whole !== null,
    ties: verified.filter((guess) => isTie(guess) && restores(guess, asIs.db)),
    beforeDb: asIs.db,
    rejected: tried
      .map((guess) => verified.find((other) => isSame(other.guess, guess)) ?? guess)
      .filter(isRejected),
  }
}

const nothingDone: Guess = { reading: plain, decoder: plain, step: null }

/** The best few of every kind that promise anything. */
function worthwhile(screened: readonly ScreenedGuess[], beforeDb: number): readonly ScreenedGuess[] {
  const counts = new Map<string, number>()
  return screened.filter((guess) => {
    const isPromising =
      guess.centredDb > leastCentredDb - screeningDb && guess.db > beforeDb + leastGainDb - screeningDb
    if (isPlain(guess) || !isPromising) return false
    const count = (counts.get(kindOf(guess)) ?? 0) + 1
    counts.set(kindOf(guess), count)
    return count <= mostVerified
  })
}

function isSame(a: Guess, b: Guess): boolean {
  return a.reading === b.reading && a.decoder === b.decoder && a.step === b.step
}

function kindOf({ reading, decoder, step }: Guess): string {
  const last = step === null ? '' : step.kind === 'function' ? step.kind : `${step.form}${step.axis ?? ''}`
  return `${reading === plain} ${decoder === plain} ${last}`
}

/** By the first precision that it passes as. */
function verifyAs(
  samples: OutputSamples,
  guess: Guess,
  precisions: readonly JudgedPrecision[],
  context: JudgeContext,
): Verified {
  let verified: Verified | undefined
  for (const precision of precisions) {
    verified = verifyGuess(samples, guess, precision, context)
    if (verified.pass) break
  }
  return verified!
}

function restores(guess: Verified, beforeDb: number): boolean {
  return (
    guess.pass &&
    guess.db > beforeDb + leastGainDb &&
    guess.centredDb > Math.max(leastCentredDb, floorOf(guess) - offsetDb) &&
    bitsOf(guess) > (isOneOfFew(guess) ? leastBits : leastBitsOfMany)
  )
}

/** What its worst sample was held to. */
function floorOf({ verdicts }: Verified): number {
  return Math.max(...verdicts.map(({ floorDb }) => floorDb))
}

function isOneOfFew({ faults, guess }: Verified): boolean {
  return faults <= 1 && (guess.reading === plain || guess.step === null)
}

function restoresPartly(guess: Verified, beforeDb: number): boolean {
  return (
    guess.faults === 1 &&
    guess.db > Math.max(partial.db, beforeDb + partial.gainDb) &&
    guess.centredDb > partial.centredDb &&
    bitsOf(guess) > partial.bits
  )
}

function bitsOf({ bits, parameters }: Verified): number {
  return bits - bitsOfParameter * parameters
}

function bySimplicity(a: Verified, b: Verified): number {
  return (
    a.faults - b.faults || a.parameters - b.parameters || orderOf(a) - orderOf(b) || b.centredDb - a.centredDb
  )
}

/** As the last steps are listed; what the candidate lacks before what it has too many of. */
function orderOf({ guess: { step } }: Verified): number {
  if (step?.kind !== 'function') return 0
  return lastSteps.indexOf(step.step) + (step.side === 'extra' ? lastSteps.length : 0)
}

/** The best of the simplest; more faults or fitted numbers must explain more. */
function best(sorted: readonly Verified[]): Verified | null {
  let found: Verified | null = null
  for (const guess of sorted) {
    if (!found || isBetter(guess, found)) found = guess
  }
  return found
}

function isBetter(guess: Verified, found: Verified): boolean {
  const isMore = guess.faults > found.faults
  // Where values are lost, what is left may be the easy part (a map's background): the bits count all of it.
  if (isMore)
    return found.db < enoughDb && guess.db > found.db + secondFaultDb && bitsOf(guess) > bitsOf(found)
  return found.db < roundingDb && guess.db > found.db + tieDb
}

/** Single faults only. */
function bestOfKinds(screened: readonly ScreenedGuess[], samples: OutputSamples): readonly ScreenedGuess[] {
  const found = new Map<string, ScreenedGuess>()
  for (const guess of screened) {
    if (faultsIn(guess, samples) === 1 && !found.has(kindOf(guess))) found.set(kindOf(guess), guess)
  }
  return [...found.values()]
}
