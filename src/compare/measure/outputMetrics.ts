import { formatDb, formatNumber } from '../../format/numbers.js'
import { cosineOf, isComparable, type Measurement, sqnrOf } from './Measurement.js'

/** A number that is measured of every output. Error is candidate - reference throughout. */
interface OutputMetric {
  /** Of its column. */
  readonly title: string
  /** What the number means, for glossaries. */
  readonly meaning: string
  readonly of: (measured: Measured) => number | null
  readonly show: (value: number | null | undefined) => string
  /** Whether a terminal, which has little room, shows it. */
  readonly isBrief?: boolean
}

/** `isComparable`: whether ratios say anything. */
interface Measured extends Measurement {
  readonly isComparable: boolean
}

/**
 * The one list of them: `OutputComparison`, the JSON, the CSV table, the HTML page, the terminal and the table of
 * docs/comparing.md have these, in this order. A new one is a line here, where what the kernels gather suffices.
 */
export const outputMetrics = {
  /**
   * 20 * log10(|reference| / |error|) with Euclidean norms, within ±IDENTICAL_DB. Null where it must never
   * pass: a NaN or Infinity on one side only, or nothing finite to compare. Null too for labels, which have no power.
   */
  sqnrDb: {
    title: 'SQNR',
    meaning:
      'Signal to error ratio, 20·log10(‖reference‖ / ‖error‖) in dB. 20 dB more is ten times less error.',
    of: ({ sums, isComparable }: Measured): number | null => (isComparable ? sqnrOf(sums) : null),
    show: formatDb,
    isBrief: true,
  },
  /** Of the two as vectors; 1 where both are zero, 0 where one is. Null as sqnrDb. Blind to scale. */
  cosine: {
    title: 'cosine',
    meaning: 'Of both sides as vectors: 1 where they point the same way. Blind to a wrong scale.',
    of: ({ sums, isComparable }: Measured): number | null => (isComparable ? cosineOf(sums) : null),
    show: (value) => value?.toFixed(7) ?? 'n/a',
    isBrief: true,
  },
  maxAbs: {
    title: 'max abs',
    meaning: 'Largest |error|.',
    of: ({ sums }: Measured): number => sums.maxAbs,
    show: formatNumber,
    isBrief: true,
  },
  meanAbs: {
    title: 'mean abs',
    meaning: 'Mean |error|.',
    of: ({ sums }: Measured): number => sums.absError / Math.max(sums.finite, 1),
    show: formatNumber,
  },
  /** max |error| / |reference| where |reference| > 1e-6 * referenceMaxAbs: smaller ones are noise round zero. */
  maxRel: {
    title: 'max rel',
    meaning: 'Largest |error| / |reference|, without reference values that are all but zero.',
    of: ({ relative }: Measured): number => relative.largest,
    show: formatNumber,
    isBrief: true,
  },
  /** Over the same elements as maxRel. */
  meanRel: {
    title: 'mean rel',
    meaning: 'Mean of the same ratio over the same elements.',
    of: ({ relative }: Measured): number => relative.sum / Math.max(relative.count, 1),
    show: formatNumber,
  },
  /** Mean of error / reference over the same elements: near meanRel or -meanRel, a wrong scale. */
  meanSignedRel: {
    title: 'mean signed rel',
    meaning:
      'Mean of error / reference, with its sign: far from zero beside mean rel means a wrong scale, not noise.',
    of: ({ relative }: Measured): number => relative.signedSum / Math.max(relative.count, 1),
    show: formatNumber,
  },
  rmse: {
    title: 'rmse',
    meaning: 'Root of the mean squared error.',
    of: ({ sums }: Measured): number => Math.sqrt(sums.errorPower / Math.max(sums.finite, 1)),
    show: formatNumber,
    isBrief: true,
  },
  /** Signed: far from zero beside rmse means an offset, not noise. */
  meanError: {
    title: 'mean error',
    meaning: 'Signed: far from zero beside the RMSE means an offset, not noise.',
    of: ({ sums }: Measured): number => sums.error / Math.max(sums.finite, 1),
    show: formatNumber,
  },
  referenceMaxAbs: {
    title: 'max reference',
    meaning: 'Largest |reference|.',
    of: ({ sums }: Measured): number => sums.referenceMaxAbs,
    show: formatNumber,
  },
  nan: {
    title: 'NaN',
    meaning: 'NaN elements of the candidate.',
    of: ({ sums }: Measured): number => sums.nan,
    show: formatNumber,
    isBrief: true,
  },
  inf: {
    title: 'Inf',
    meaning: 'Infinite elements of the candidate.',
    of: ({ sums }: Measured): number => sums.inf,
    show: formatNumber,
    isBrief: true,
  },
  referenceNan: {
    title: 'reference NaN',
    meaning: 'NaN elements of the reference.',
    of: ({ sums }: Measured): number => sums.referenceNan,
    show: formatNumber,
  },
  referenceInf: {
    title: 'reference Inf',
    meaning: 'Infinite elements of the reference.',
    of: ({ sums }: Measured): number => sums.referenceInf,
    show: formatNumber,
  },
} as const satisfies Readonly<Record<string, OutputMetric>>

type Metrics = typeof outputMetrics

/** What `outputMetrics` measure of one output. */
export type MetricValues = { readonly [Key in keyof Metrics]: ReturnType<Metrics[Key]['of']> }

/** Their keys, in their order. */
export const metricKeys = Object.keys(outputMetrics) as readonly (keyof Metrics)[]

/** Computes them; `areAmounts` is false for labels, of which no ratio says anything. */
export function metricValues(measurement: Measurement, areAmounts: boolean): MetricValues {
  const measured = { ...measurement, isComparable: areAmounts && isComparable(measurement.sums) }
  return Object.fromEntries(metricKeys.map((key) => [key, outputMetrics[key].of(measured)])) as MetricValues
}
