import type { BenchRow } from '../../bench/BenchReport.js'
import type { Machine } from '../../bench/machine.js'
import { distinctTails } from '../../compare/judge/vote.js'
import { formatDb, formatMs, formatNumber } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'
import type { BenchDocument, LayerLine } from './BenchDocument.js'
import { optionsText } from './benchCsv.js'

/** What `twinfer bench` shows to a person. */
export function printBench(document: BenchDocument): string {
  const { machine, rows, skipped, notes } = document
  const tails = distinctTails(rows.map(({ model }) => model))
  const nameOf = (model: string) => tails.get(model) ?? model
  return linesOf([
    machineLine(machine),
    `${inputsText(document.inputs)}; accuracy against ${referenceText(document.reference)}; ${document.duration} s each, in rounds`,
    '',
    settingsTable(rows),
    '',
    'ranks: settings that the rounds do not tell apart share one; * no other is as fast and as exact',
    ...rows.flatMap((row) =>
      row.error
        ? [paint('red', `${nameOf(row.model)} ${rowName(row)}: ${row.error.code}: ${row.error.message}`)]
        : [],
    ),
    ...skipped.map(({ model, setting, reason }) =>
      paint('dim', `skipped ${nameOf(model)} ${setting}: ${reason}`),
    ),
    ...stateLines(machine),
    ...notes.map((note) => paint('yellow', `note: ${note}`)),
    ...rows.flatMap((row) =>
      row.layers ? ['', `${nameOf(row.model)} ${rowName(row)}`, layersTable(row.layers)] : [],
    ),
  ])
}

/** `fp32, 2 threads, cpu, memory=low` */
export function rowName({ precision, threads, device, options }: Omit<BenchRow, 'layers'>): string {
  const own = optionsText(options)
  const counted = threads === null ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]
  return [precision, ...counted, device, ...(own ? [own] : [])].join(', ')
}

export function inputsText({ source, count, seed }: BenchDocument['inputs']): string {
  const inputs = count === 1 ? 'one input' : `${count} inputs`
  if (source === 'random') return `${inputs} of random values (seed ${seed}), which are like no real input`
  return source === 'recorded' ? `${inputs} of the golden pack` : inputs
}

export function referenceText(reference: string): string {
  return reference === 'fp32' ? 'each model in fp32' : reference
}

export function machineLine({ cpu, platform, engines }: Machine): string {
  const versions = Object.entries(engines).map(([name, version]) => `${name} ${version}`)
  return `${cpu.model}, ${cpu.logicalCpus} CPUs (${cpu.features.join(' ')}), ${platform}, ${versions.join(', ')}`
}

/** What makes the numbers doubtful, or comparable with others. */
export function stateLines({ before, after, governor, throttled, stolen }: Machine): readonly string[] {
  const pair = (a: number | null, b: number | null, unit: string) =>
    a === null || b === null ? [] : [`${a} to ${b}${unit}`]
  const said = [
    ...pair(before.load, after.load, ' processes waiting (load average)'),
    ...(after.mhz ? [`${after.mhz[0]} to ${after.mhz[1]} MHz`] : []),
    ...pair(before.temperatureC, after.temperatureC, ' °C'),
    ...(governor === null ? [] : [`governor ${governor}`]),
    ...(throttled ? [paint('yellow', `throttled ${throttled} times`)] : []),
    ...(stolen !== null && stolen >= 0.01
      ? [paint('yellow', `${(stolen * 100).toFixed(0)} % of the CPU went to other machines`)]
      : []),
  ]
  return said.length === 0 ? [] : [`machine: ${said.join(', ')}`]
}

/** A row a setting, with paths as short as tells them apart. */
export function settingsTable(rows: BenchDocument['rows']): string {
  const tails = distinctTails(rows.map(({ model }) => model))
  const nameOf = (model: string) => tails.get(model) ?? model
  const hasOptions = rows.some(({ options }) => Object.keys(options).length > 0)
  const numbers = [
    'rank',
    'p50',
    'p90',
    'p99',
    'runs/s',
    'spread',
    'load',
    'first',
    'RSS',
    'model',
    'SQNR',
    'top-1',
  ]
  const words = ['model', 'precision', 'threads', 'device', ...(hasOptions ? ['options'] : [])]
  return renderTable(
    [...words.map((title) => ({ title })), ...numbers.map((title) => ({ title, align: 'right' as const }))],
    rows.map((row) => [
      row.engine === 'onnxruntime' ? `${nameOf(row.model)} (onnxruntime)` : nameOf(row.model),
      ranAs(row),
      row.threads === null ? '-' : String(row.threads),
      row.device,
      ...(hasOptions ? [optionsText(row.options)] : []),
      row.error ? paint('red', 'error') : `${row.pareto ? '*' : ''}${row.rank ?? '-'}`,
      ...[row.p50Ms, row.p90Ms, row.p99Ms].map(msText),
      row.runsPerS === null ? '-' : row.runsPerS.toFixed(row.runsPerS < 100 ? 1 : 0),
      percentText(row.spread),
      msText(row.loadMs),
      msText(row.firstMs),
      mbText(row.rssMb),
      mbText(row.modelMb),
      formatDb(row.sqnrDb),
      row.top1Agree === null ? '-' : `${formatNumber(row.top1Agree * 100)} %`,
    ]),
  )
}

/** The word that was asked for, and what it came to where that is another. */
export function ranAs({ precision, ran }: Pick<BenchRow, 'precision' | 'ran'>): string {
  return ran === null || ran.precision === precision ? precision : `${precision} (${ran.precision})`
}

export function percentText(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}

const msText = (ms: number | null) => (ms === null ? '-' : formatMs(ms))
const mbText = (mb: number | null) => (mb === null ? '-' : `${mb.toFixed(1)} MB`)

export function layersTable(layers: readonly LayerLine[]): string {
  const isByType = layers.some(({ count }) => count !== undefined)
  const titles = isByType ? ['type', 'layers'] : ['layer', 'type']
  return renderTable(
    [
      ...titles.map((title) => ({ title })),
      ...['time', 'share', 'GFLOP/s', 'GB/s'].map((title) => ({ title, align: 'right' as const })),
    ],
    layers.map(({ name = '', type, count, ms, share, gflops, gbs }) => [
      ...(isByType ? [type, String(count)] : [name, type]),
      msText(ms),
      percentText(share),
      gflops === null ? '-' : gflops.toFixed(1),
      gbs === null ? '-' : gbs.toFixed(1),
    ]),
  )
}
