import type { Reading } from './memory.js'
import {
  type Box,
  type Content,
  cutOut,
  type Orientation,
  orient,
  orientations,
  type Planes,
  wholeOf,
  withoutBars,
} from './planes.js'
import { distance, type Placement, place, refineUp, searchCoarsely, worth } from './register.js'
import { shrink } from './resample.js'

/** How a deployed input is to be read, turned and cut so that it shows what the golden one shows. */
export interface Alignment extends Placement {
  readonly reading: Reading
  /** How the deployed picture is stored, as EXIF counts: turning it so gives the golden one's orientation. */
  readonly orientation: Orientation
  /** The golden picture without its bars, and the deployed one, turned, without its own. */
  readonly target: Planes
  readonly source: Planes
  readonly goldenContent: Content
  readonly deployedContent: Content
  /** Whether the part is all of both. */
  readonly isWhole: boolean
}

/** What may have happened, not yet looked at in full: pictures are turned and cut when they are followed. */
interface Guess {
  readonly reading: Reading
  readonly orientation: Orientation
  readonly withinBars: boolean
  /** What each thing out of the ordinary has to be better by: the plain reading wins where both are as good. */
  readonly penalty: number
  /** Both pictures as thumbnails, and all of the deployed one in its pixels. */
  readonly target: Planes
  readonly source: Planes
  readonly whole: Box
}

/** What is good enough to look no further: rounding leaves less. */
const exact = 1e-5
/** What no other picture and no wrong reading leaves: it may be a wrong filter's, or that of a smaller picture. */
const wellExplained = 0.06
const thumbnail = 32

/** The ways to bring the deployed input over the golden one, the best first. Never empty. */
export function alignments(golden: Planes, readings: readonly Reading[]): Alignment[] {
  const plain = follow(golden, readings[0]!, 1, false)
  const straight = placeWhole(plain)
  if (straight && straight.error < exact) return [{ ...plain, ...straight, isWhole: true }]
  const price = (placed: Alignment & { penalty: number }) => (worth(placed) + 1e-6) * placed.penalty
  const guesses = readings.flatMap((reading) => guessesOf(golden, reading))
  const quick = guesses
    .map((guess) => ({ guess, error: place(shrink(guess.target, thumbnail), guess.source, guess.whole)?.error ?? 1 }))
    .sort((a, b) => a.error * a.guess.penalty - b.error * b.guess.penalty)
  const found: (Alignment & { penalty: number })[] = []
  const lookAt = (some: readonly Guess[]) => {
    for (const guess of some) {
      for (const alignment of look(golden, guess)) found.push({ ...alignment, penalty: guess.penalty })
      if (found.some(({ error }) => error < exact)) return
    }
  }
  // What is as exact as thumbnails can show needs no search; then parts and aspects of the plain reading; then all.
  if (quick[0]!.error < 0.01) {
    lookAt(quick.filter(({ error }) => error < 0.03).slice(0, 4).map(({ guess }) => guess))
  } else {
    lookAt(guesses.filter(isPlain).reverse())
    const least = Math.min(...found.map(price))
    if (!(least < wellExplained)) lookAt(mostPromising(guesses.filter((guess) => !isPlain(guess))))
  }
  if (found.length === 0) {
    return [{ ...plain, ...(straight ?? { box: plain.whole, error: 1, covered: 0 }), isWhole: true }]
  }
  return found.sort((a, b) => price(a) - price(b))
}

/** A reading in every orientation, with bars and without. */
function guessesOf(golden: Planes, reading: Reading): Guess[] {
  const read = explained(golden, reading)
  const hasBars = [read, reading.planes].some((planes) => contentOf(planes, true).bars)
  return [false, true].flatMap((withinBars) => {
    if (withinBars && !hasBars) return []
    const [goldenContent, deployedContent] = [contentOf(read, withinBars), contentOf(reading.planes, withinBars)]
    const target = shrink(cutOut(read, goldenContent.box), thumbnail)
    const cut = cutOut(reading.planes, deployedContent.box)
    const small = shrink(cut, 2 * thumbnail)
    const share = reading.rows === reading.planes.height || withinBars ? 1 : reading.rows / reading.planes.height
    return orientations.map((orientation) => {
      const source = orient(small, orientation)
      const odd = (reading.code === null ? 0 : 1) + (orientation === 1 ? 0 : 1)
      return {
        reading,
        orientation,
        withinBars,
        penalty: 1.5 ** odd * (hasBars && !withinBars ? 1.15 : 1),
        target,
        source,
        whole: { ...wholeOf(source), height: source.height * (orientation === 1 ? share : 1) },
      }
    })
  })
}

const explained = (golden: Planes, { onlyChannel }: Reading): Planes =>
  onlyChannel === undefined ? golden : { ...golden, channels: [golden.channels[onlyChannel]!] }

const contentOf = (planes: Planes, withinBars: boolean): Content =>
  withinBars ? withoutBars(planes) : { box: wholeOf(planes), bars: null }

type Followed = Omit<Alignment, keyof Placement | 'isWhole'> & { readonly whole: Box }

/** The pictures of a guess in full. */
function follow(golden: Planes, reading: Reading, orientation: Orientation, withinBars: boolean): Followed {
  const read = explained(golden, reading)
  const upright = orient(reading.planes, orientation)
  const goldenContent = contentOf(read, withinBars)
  const deployedContent = contentOf(upright, withinBars)
  const source = cutOut(upright, deployedContent.box)
  const isPart = reading.rows !== reading.planes.height && orientation === 1 && !withinBars
  return {
    reading,
    orientation,
    target: cutOut(read, goldenContent.box),
    source,
    goldenContent,
    deployedContent,
    whole: isPart ? { ...wholeOf(source), height: reading.rows } : wholeOf(source),
  }
}

const placeWhole = ({ target, source, whole }: Followed) => place(target, source, whole)

const isPlain = ({ reading, orientation }: Guess): boolean => reading.code === null && orientation === 1

/** The guesses that a search among crops and aspects makes fit best. One thing out of the ordinary at a time. */
function mostPromising(guesses: readonly Guess[]): Guess[] {
  const scored = guesses
    .filter(({ reading, orientation }) => reading.code === null || orientation === 1)
    .map((guess) => {
      const options = { starts: [guess.whole], offCentre: false, quick: true, keep: 1 }
      const [first] = searchCoarsely(guess.target, guess.source, options)
      return { guess, price: (first ? worth(first) : 1) * guess.penalty }
    })
    .sort((a, b) => a.price - b.price)
  const least = scored[0]?.price ?? 1
  return scored.filter(({ price }) => price < 2 * least).slice(0, 3).map(({ guess }) => guess)
}

function look(golden: Planes, { reading, orientation, withinBars }: Guess): Alignment[] {
  const one = follow(golden, reading, orientation, withinBars)
  const { target, source, whole } = one
  const straight = placeWhole(one)
  if (straight && straight.error < exact) return [{ ...one, ...straight, isWhole: true }]
  const coarse = searchCoarsely(target, source, {
    starts: [whole],
    offCentre: orientation === 1 && reading.code === null,
    keep: 2,
  })
  const found = refineUp(target, source, coarse.slice(0, 4), 2)
  const [first] = found
  // All of it, unless a part is clearly better.
  if (straight && (!first || straight.error < 1.1 * first.error || distance(first.box, whole, target) < 0.05)) {
    return [{ ...one, ...straight, isWhole: true }]
  }
  return found.map((placement) => ({ ...one, ...placement, isWhole: false }))
}
