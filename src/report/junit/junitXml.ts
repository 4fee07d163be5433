import XmlBuilder from 'fast-xml-builder'
import type { ReportedCandidate, ReportedComparison, ReportedModel } from '../document/ReportedComparison.js'
import { shortenPaths } from '../document/shortenPaths.js'
import { verdictWord } from '../document/verdictWord.js'
import { attributes } from './attributes.js'
import { seconds } from './seconds.js'
import { casesOf, testCase } from './testCase.js'
import { xmlText } from './xmlText.js'

export interface JunitOptions {
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
