import { type CsvValue, toCsv } from '../../report/outputsCsv.js'
import type { BenchDocument } from './BenchDocument.js'

const titles = [
  ...[
    'model',
    'engine',
    'precision',
    'threads',
    'device',
    'options',
    'ranPrecision',
    'backend',
    'rank',
    'pareto',
  ],
  ...['p50Ms', 'p90Ms', 'p99Ms', 'runsPerS', 'spread', 'runs', 'rounds', 'steady'],
  ...['loadMs', 'firstMs', 'rssMb', 'modelMb', 'sqnrDb', 'cosine', 'top1Agree', 'flips', 'error', 'message'],
]

/** One row for each setting. */
export function benchCsv({ rows }: BenchDocument): string {
  const values = rows.map(({ options, ran, layers: _, error, ...row }): Record<string, CsvValue> => {
    return {
      ...row,
      options: optionsText(options),
      ranPrecision: ran?.precision,
      backend: ran?.backend,
      error: error?.code,
      message: error?.message,
    }
  })
  return toCsv(values, titles)
}

/** `memory=low winogradMemoryLevel=0` */
export function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
