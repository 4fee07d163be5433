import XmlBuilder from 'fast-xml-builder'
import { formatDb, formatNumber } from '../format/numbers.js'
import {
  type ReportedCandidate,
  type ReportedComparison,
  type ReportedModel,
  type ReportedOutput,
  type ReportedVerdict,
  shortenPaths,
  toleranceOption,
  verdictWord,
} from './ReportedComparison.js'

interface JunitOptions {
  /** When the comparison ran, as ISO 8601. */
  readonly created: string
  /** Written as properties of every suite: versions, platform. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * A test suite for each candidate and a test case for each output. What failed is a `failure`, what nobody can
 * judge an `error`: CI systems show both red, as the exit code is not 0 for either.
 */
export function junitXml(comparison: ReportedComparison, options: JunitOptions): string {
  const { reference, candidates } = shortenPaths(comparison)
  const suites = candidates.map((candidate) => suite(reference, candidate, options))
  const builder = new XmlBuilder({
    format: true,
    ignoreAttributes: false,
    suppressEmptyNode: true,
    attributeValueProcessor: (_, value) => xmlText(String(value)),
    tagValueProcessor: (_, value) => xmlText(String(value)),
  })
  return builder.build({
    '?xml': attributes({ version: '1.0', encoding: 'UTF-8' }),
    testsuites: {
      ...attributes({ name: 'twinfer', ...sum(suites) }),
      testsuite: suites.map(({ node }) => node),
    },
  })
}

interface Counts {
  readonly tests: number
  readonly failures: number
  readonly errors: number
  /** Seconds. */
  readonly time: number
}

interface Suite {
  readonly counts: Counts
  readonly node: object
}

/** The attribute is not optional to every reader. */
const unknownTiming = { loadMs: 0, runMs: 0 }

function suite(
  reference: ReportedModel,
  candidate: ReportedCandidate,
  { created, environment }: JunitOptions,
): Suite {
  const { model, engine, effective, judgedAs, timing = unknownTiming, verdict } = candidate
  const cases = casesOf(candidate)
  const words = cases.map(({ verdict }) => verdictWord(verdict))
  const counts: Counts = {
    tests: cases.length,
    failures: words.filter((word) => word === 'fail').length,
    errors: words.filter((word) => word === 'inconclusive').length,
    time: seconds(timing.loadMs + timing.runMs),
  }
  const properties = {
    ...environment,
    reference: reference.path ?? reference.model,
    candidate: candidate.path ?? model,
    engine: `${engine} ${effective.engineVersion}`,
    precision: effective.precision,
    ...(judgedAs && { judgedAs: judgedAs.precision }),
  }
  return {
    counts,
    node: {
      ...attributes({ name: model, ...counts, timestamp: created.replace(/(\.\d+)?Z$/, '') }),
      properties: {
        property: Object.entries(properties).map(([name, value]) => attributes({ name, value })),
      },
      testcase: cases.map((output) => testCase(model, output, seconds(timing.runMs / cases.length))),
      'system-out': verdict.reason,
    },
  }
}

function sum(suites: readonly Suite[]): Counts {
  const total = (key: keyof Counts) => suites.reduce((so, { counts }) => so + counts[key], 0)
  return {
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    time: seconds(total('time') * 1000),
  }
}

/** A verdict that no output explains (there are none, or the runs differ) gets a case of its own. */
function casesOf({ outputs, verdict }: ReportedCandidate): readonly ReportedOutput[] {
  const isExplained = outputs.some((output) => verdictWord(output.verdict) === verdictWord(verdict))
  return isExplained ? outputs : [...outputs, { name: 'verdict', verdict }]
}

function testCase(model: string, output: ReportedOutput, time: number): object {
  return {
    ...attributes({ classname: model, name: output.name, time }),
    ...problem(output),
    'system-out': figures(output),
  }
}

function problem({ name, verdict }: ReportedOutput): object {
  const word = verdictWord(verdict)
  if (word === 'pass') return {}
  const node = { ...attributes({ message: verdict.reason, type: word }), '#text': advice(name, verdict) }
  return word === 'fail' ? { failure: node } : { error: node }
}

function advice(name: string, { reason, wouldPass }: ReportedVerdict): string {
  return wouldPass ? `${reason}\nWould pass: ${toleranceOption(name, wouldPass)}` : reason
}

function figures({ sqnrDb, cosine, maxAbs, maxRel, rmse, nan, inf }: ReportedOutput): string {
  const numbers = { cosine, 'max abs': maxAbs, 'max rel': maxRel, rmse, NaN: nan, Inf: inf }
  const texts = Object.entries(numbers).map(([name, value]) => `${name} ${formatNumber(value)}`)
  return [`SQNR ${formatDb(sqnrDb ?? null)}`, ...texts].join(', ')
}

/** As fast-xml-builder tells attributes from elements. */
function attributes(values: Readonly<Record<string, string | number>>): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@_${name}`, String(value)]))
}

/** XML 1.0 has no way to write most control characters, nor halves of a surrogate pair. */
function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
}

/** JUnit's unit, to the microsecond. */
function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(6))
}
