import { distinctTails } from '../../compare/judge/vote.js'
import { formatDb, formatNumber } from '../../format/numbers.js'
import { badge, type Html, html, name, notesList, table } from '../../report/html/html.js'
import { plotFigure } from '../../report/html/outputPanel.js'
import { environmentSection, plotAssets, renderPage } from '../../report/html/page.js'
import type { BenchDocument, LayerLine } from './BenchDocument.js'
import { optionsText } from './benchCsv.js'
import { inputsText, percentText, ranAs, referenceText, rowName, stateLines } from './printBench.js'

type Row = BenchDocument['rows'][number]

/** The table as one page without any other file, with speed over accuracy. */
export function renderBench(document: BenchDocument, created: string): string {
  const { machine, skipped, notes } = document
  const tails = distinctTails(document.rows.map(({ model }) => model))
  const rows = document.rows.map((row) => ({ ...row, model: tails.get(row.model) ?? row.model }))
  const failed = rows.filter(({ error }) => error).length
  return renderPage(
    {
      title: `${rows[0]?.model ?? 'no model'}: speed and accuracy`,
      heading: html`Speed and accuracy of ${[...new Set(rows.map(({ model }) => model))].map((model, at) => html`${at > 0 && ', '}${name(model)}`)}${failed > 0 && html` ${badge('fail')}`}`,
      created,
      main: html`<noscript><p>The plot needs JavaScript. All figures are in the table.</p></noscript>
<section>
<h2>Settings</h2>
<p>${inputsText(document.inputs)}; accuracy against ${referenceText(document.reference)}; ${document.duration} s of each setting, in rounds. Settings that the rounds do not tell apart share a rank.</p>
${settingsFigure(rows)}
${settingsTable(rows)}
${notesList([
  ...rows.flatMap((row) =>
    row.error ? [`${row.model} ${rowName(row)}: ${row.error.code}: ${row.error.message}`] : [],
  ),
  ...skipped.map(
    ({ model, setting, reason }) => `skipped ${tails.get(model) ?? model} ${setting}: ${reason}`,
  ),
  ...stateLines(machine),
  ...notes,
])}
</section>
${rows.map((row) => row.layers && layersSection(row, row.layers))}
${environmentSection({
  twinfer: machine.twinfer,
  'Node.js': machine.node,
  platform: machine.platform,
  CPU: `${machine.cpu.model}, ${machine.cpu.logicalCpus} logical CPUs, ${machine.cpu.features.join(' ')}`,
  ...machine.engines,
})}`,
    },
    plotAssets(),
  )
}

/** Of what has both, the fastest first. */
function settingsFigure(rows: readonly Row[]): Html | false {
  const drawn = rows
    .filter(({ p50Ms, sqnrDb }) => p50Ms !== null && sqnrDb !== null)
    .sort((a, b) => a.p50Ms! - b.p50Ms!)
  return (
    drawn.length > 0 &&
    plotFigure({
      kind: 'settings',
      title: 'Accuracy over speed',
      description: 'Scatter of the settings: SQNR over milliseconds of a run, the Pareto front marked',
      legend: [
        ['front', 'Pareto front: no other is as fast and as exact'],
        ['setting', 'other settings'],
      ],
      data: {
        names: drawn.map((row) => `${row.model}, ${row.engine}, ${rowName(row)}`),
        ms: drawn.map(({ p50Ms }) => Number(p50Ms!.toPrecision(4))),
        db: drawn.map(({ sqnrDb }) => Math.floor(sqnrDb! * 10) / 10),
        front: drawn.map(({ pareto }) => pareto),
      },
    })
  )
}

function settingsTable(rows: readonly Row[]): Html {
  const words = ['model', 'engine', 'precision', 'threads', 'device', 'options']
  const numbers = [
    'rank',
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'runs/s',
    'spread',
    'load ms',
    'first ms',
    'RSS MB',
    'model MB',
    'SQNR',
    'cosine',
    'top-1',
    'flips',
  ]
  const number = (value: number | null) => (value === null ? '–' : formatNumber(Number(value.toPrecision(4))))
  return table(
    'Settings',
    [...words.map((title) => ({ title })), ...numbers.map((title) => ({ title, kind: 'number' as const }))],
    rows.map((row) => [
      name(row.model),
      row.engine,
      ranAs(row),
      row.threads ?? '–',
      row.device,
      optionsText(row.options),
      row.error ? badge('fail') : row.pareto ? html`<mark>${row.rank}</mark>` : row.rank,
      ...[row.p50Ms, row.p90Ms, row.p99Ms, row.runsPerS].map(number),
      percentText(row.spread),
      ...[row.loadMs, row.firstMs, row.rssMb, row.modelMb].map(number),
      formatDb(row.sqnrDb),
      row.cosine === null ? '–' : row.cosine.toFixed(7),
      percentText(row.top1Agree),
      row.flips ?? '–',
    ]),
  )
}

function layersSection(row: Row, layers: readonly LayerLine[]): Html {
  const isByType = layers.some(({ count }) => count !== undefined)
  const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits))
  return html`<section>
<h2>Layers of ${name(row.model)}</h2>
<p class="muted">${row.engine}, ${rowName(row)}</p>
${table(
  `Layers of ${row.model}, ${rowName(row)}`,
  [
    { title: isByType ? 'type' : 'layer' },
    { title: isByType ? 'layers' : 'type' },
    ...['ms', 'share', 'GFLOP/s', 'GB/s'].map((title) => ({ title, kind: 'number' as const })),
  ],
  layers.map(({ name: layer = '', type, count, ms, share, gflops, gbs }) => [
    name(isByType ? type : layer),
    isByType ? String(count) : type,
    number(ms, 4),
    percentText(share),
    number(gflops, 1),
    number(gbs, 1),
  ]),
)}
</section>`
}
