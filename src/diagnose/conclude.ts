import type { Cause, CauseCode, Rejected } from './Cause.js'
import type { Findings } from './Findings.js'

/** With these alone nothing is wrong. */
const harmless: ReadonlySet<CauseCode> = new Set(['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES'])

/** A cause this sure leaves nothing to be asked for. */
const sure = 0.8

/** What the rungs showed to be as it should, which is what NONE rests on. */
export interface Cleared {
  /** A phrase such as `the outputs agree`. */
  readonly what: string
  readonly evidence: Readonly<Record<string, unknown>>
}

/** What a diagnosis comes to. `causes` has at least one, the best supported first. */
export interface Conclusion {
  readonly causes: readonly [Cause, ...Cause[]]
  readonly rejected: readonly Rejected[]
  readonly missing: readonly string[]
}

/**
 * One list of all that the rungs found. A code that several of them name is kept with the best evidence; what is
 * expected is no accusation and comes last; NONE where something was looked at, nothing is wrong and nothing is
 * open; INCONCLUSIVE where a difference has no known cause, or nothing could be looked at.
 *
 * @param unexplained differences that a rung saw and nobody could name, in whole sentences.
 */
export function conclude(
  rungs: readonly Findings[],
  cleared: readonly Cleared[],
  unexplained: readonly string[],
): Conclusion {
  const causes = strongest(rungs.flatMap((rung) => rung.causes))
  const missing = [...new Set(rungs.flatMap((rung) => rung.missing))]
  const codes = new Set(causes.map(({ code }) => code))
  const rejected = strongestRejections(rungs.flatMap((rung) => rung.rejected)).filter(
    ({ code }) => !codes.has(code),
  )
  const accused = causes.filter(({ code }) => !harmless.has(code))
  const expected = causes.filter(({ code }) => harmless.has(code) && code !== 'NONE')
  if (accused[0]) {
    // What one rung lacked, another had.
    const open = accused[0].confidence >= sure ? [] : missing
    return { causes: [accused[0], ...accused.slice(1), ...expected], rejected, missing: open }
  }
  if (unexplained.length > 0 || (cleared.length === 0 && expected.length === 0)) {
    return { causes: [inconclusive(unexplained, missing), ...expected], rejected, missing }
  }
  if (expected[0]) return { causes: [expected[0], ...expected.slice(1)], rejected, missing }
  return { causes: [none(cleared)], rejected, missing }
}

export function isHarmless({ code }: Cause): boolean {
  return harmless.has(code)
}

/** What causes come to, the best first, in the words of the other verdicts. */
export function outcomeOf(causes: readonly Cause[]): 'pass' | 'fail' | 'inconclusive' {
  if (causes[0]?.code === 'INCONCLUSIVE') return 'inconclusive'
  return causes.every(isHarmless) ? 'pass' : 'fail'
}

function strongest(causes: readonly Cause[]): readonly Cause[] {
  const best = new Map<CauseCode, Cause>()
  for (const cause of causes) {
    const known = best.get(cause.code)
    if (!known || cause.confidence > known.confidence) best.set(cause.code, cause)
  }
  // Array.sort is stable: among equals the cheaper rung's comes first.
  return [...best.values()].sort((a, b) => b.confidence - a.confidence)
}

function strongestRejections(rejected: readonly Rejected[]): readonly Rejected[] {
  const first = new Map<CauseCode, Rejected>()
  for (const guess of rejected) if (!first.has(guess.code)) first.set(guess.code, guess)
  return [...first.values()]
}

function none(cleared: readonly Cleared[]): Cause {
  return {
    code: 'NONE',
    confidence: 1,
    message: `Nothing is wrong with what was looked at: ${cleared.map(({ what }) => what).join('; ')}.`,
    evidence: Object.assign({}, ...cleared.map(({ evidence }) => evidence)) as Cause['evidence'],
    fix: null,
  }
}

function inconclusive(unexplained: readonly string[], missing: readonly string[]): Cause {
  const seen =
    unexplained.length > 0 ? unexplained.join(' ') : 'Nothing was given that a fault could show in.'
  return {
    code: 'INCONCLUSIVE',
    confidence: 1,
    message: [seen, ...missing].join(' '),
    evidence: { missing },
    fix: null,
  }
}
