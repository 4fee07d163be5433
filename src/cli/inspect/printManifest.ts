import { formatNumber, formatShape } from '../../format/numbers.js'
import type { PackLayer, PackManifest, PackRun } from '../../pack/manifest/PackManifest.js'
import { overflowRisks } from '../../pack/overflowForecast.js'
import { paint, renderTable } from '../../report/index.js'
import { tensorTable } from '../output/tensorTable.js'
import { overflowLines } from '../pack/overflowLines.js'

/** What `twinfer inspect` shows of a golden pack. */
export function printManifest(
  file: string,
  { version, inputs, recorded, layers, tolerances, runs }: PackManifest,
  allLayers: boolean,
): string {
  const stored = layers.filter(({ member }) => member !== null).length
  return [
    paint('bold', file),
    `golden pack ${version} of ${recorded.model.path}, ${layers.length} layers, values of ${stored}`,
    ...(tolerances.length > 0 ? [`tolerances ${tolerances.join(' ')}`] : []),
    ...overflowLines(overflowRisks(layers)),
    '',
    tensorTable('input', inputs),
    '',
    tensorTable('output', recorded.outputs),
    '',
    runTable([recorded, ...runs]),
    ...(allLayers ? ['', recordedLayerTable(layers)] : []),
  ].join('\n')
}

function runTable(runs: readonly PackRun[]): string {
  const titles = ['run', 'date', 'engine', 'precision', 'weights', 'machine', 'twinfer']
  return renderTable(
    titles.map((title) => ({ title })),
    runs.map(({ date, model, versions, effective, machine }, index) => [
      index === 0 ? 'recorded' : String(index),
      date.slice(0, 10),
      `${model.engine} ${versions.engine}`,
      effective.precision,
      model.storage ?? '-',
      `${machine.platform}-${machine.arch} ${machine.cpu}`,
      versions.twinfer,
    ]),
  )
}

function recordedLayerTable(layers: readonly PackLayer[]): string {
  return renderTable(
    [
      { title: 'type' },
      { title: 'layer' },
      { title: 'shape' },
      { title: 'max abs', align: 'right' },
      { title: 'fp16' },
      { title: 'values' },
    ],
    layers.map(({ type, name, shape, statistics, member }) => [
      type,
      name,
      formatShape(shape),
      formatNumber(statistics.maxAbs),
      statistics.fp16,
      member ?? '-',
    ]),
  )
}
