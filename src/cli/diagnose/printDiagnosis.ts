import type { Cause, Rejected } from '../../diagnose/Cause.js'
import type { Rung } from '../../diagnose/Climb.js'
import { isHarmless } from '../../diagnose/conclude.js'
import type { AppliedRemedy } from '../../diagnose/remedies.js'
import { formatDb, formatMs, formatNumber } from '../../format/numbers.js'
import { indented, linesOf, paint } from '../../format/visibleText.js'

/** The document of `twinfer diagnose`. */
export interface DiagnosisDocument {
  readonly candidate: string
  readonly reference: string | null
  readonly causes: readonly Cause[]
  readonly rejected: readonly Rejected[]
  readonly missing: readonly string[]
  readonly rungs: readonly Rung[]
  readonly remedies: readonly AppliedRemedy[]
}

/** What `twinfer diagnose` shows to a person: the causes first, then what else was looked at. */
export function printDiagnosis({
  candidate,
  reference,
  causes,
  rejected,
  missing,
  rungs,
  remedies,
}: DiagnosisDocument): string {
  return linesOf([
    `${paint('bold', candidate)}${reference === null ? '' : ` against ${paint('bold', reference)}`}`,
    ...causes.flatMap((cause, at) => ['', ...causeLines(cause, at + 1)]),
    '',
    ...remedies.flatMap(remedyLines),
    ...rungs.map(({ rung, said }) => paint('dim', `${rung.padEnd(10)}${said}`)),
    ...rejected.map(({ code, message }) => paint('dim', `not ${code}: ${message}`)),
    ...missing.map((sentence) => paint('yellow', `open: ${sentence}`)),
  ])
}

function causeLines(cause: Cause, rank: number): readonly string[] {
  const { code, confidence, message, evidence, fix } = cause
  const colour = isHarmless(cause) ? 'green' : code === 'INCONCLUSIVE' ? 'yellow' : 'red'
  return [
    `${rank}. ${paint(colour, code)} (confidence ${confidence.toFixed(2)})`,
    `   ${message}`,
    ...Object.entries(evidence)
      .filter(([name]) => code !== 'INCONCLUSIVE' || name !== 'missing')
      .map(([name, value]) => paint('dim', `   ${name}: ${showEvidence(value, name)}`)),
    ...(fix ? fixLines(fix) : []),
  ]
}

function fixLines({ twinfer, ncnn, mnn }: NonNullable<Cause['fix']>): readonly string[] {
  const places = [
    ['fix', twinfer],
    ['ncnn', ncnn],
    ['MNN', mnn],
  ] as const
  return places.flatMap(([place, line]) =>
    line === undefined ? [] : indented(`   ${paint('cyan', place)}: ${line}`),
  )
}

function remedyLines(remedy: AppliedRemedy): readonly string[] {
  const { code, said, written, measuredOn, before, after, mended } = remedy
  const word = mended ? paint('green', 'mended') : paint('yellow', 'applied')
  return [
    `${word} ${code}: ${said}`,
    `   before ${agreement(before)}, after ${agreement(after)}`,
    ...(measuredOn === 'random'
      ? ['   on random values, which say little of real ones: give --golden-input']
      : []),
    ...written.map((file) => `   wrote ${file}`),
  ]
}

function agreement({ sqnrDb, ms }: AppliedRemedy['before']): string {
  return ms === null ? formatDb(sqnrDb) : `${formatDb(sqnrDb)} in ${formatMs(ms)}`
}

const mostItems = 8

/**
 * Evidence in a line; long lists are cut, the JSON has them whole. Decibels go down, as in the message above them: one that
 * is just below a bar shall not look like the bar.
 */
export function showEvidence(value: unknown, name = ''): string {
  if (typeof value === 'number') return name.endsWith('Db') ? formatDb(value) : formatNumber(value)
  if (Array.isArray(value)) {
    const shown = value
      .slice(0, mostItems)
      .map((item) => showEvidence(item, name))
      .join(', ')
    return value.length > mostItems ? `[${shown}, … ${value.length}]` : `[${shown}]`
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => `${name} ${showEvidence(item, name)}`)
      .join(', ')
  }
  return String(value)
}
