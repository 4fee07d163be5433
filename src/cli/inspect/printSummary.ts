import { formatBytes } from '../../format/numbers.js'
import type { LayerSummary, ModelSummary } from '../../inspect/index.js'
import { paint, renderTable } from '../../report/index.js'
import { tensorTable } from '../output/tensorTable.js'

/** What `twinfer inspect` shows to a person. */
export function printSummary(summary: ModelSummary, storages: readonly string[], allLayers: boolean): string {
  const { file, format, bytes, weights, inputs, outputs, layers, warnings } = summary
  return [
    paint('bold', file),
    [
      `${format}, ${formatBytes(bytes)}`,
      ...(weights ? [`weights ${formatBytes(weights.bytes)} in ${weights.file}`] : []),
      ...(storages.length > 0 ? [`weights stored as ${storages.join(', ')}`] : []),
    ].join(', '),
    ...versionLine(summary),
    ...warnings.map((warning) => paint('yellow', `warning: ${warning}`)),
    '',
    tensorTable('input', inputs),
    '',
    tensorTable('output', outputs),
    '',
    allLayers ? layerTable(layers) : typeTable(layers),
  ].join('\n')
}

function versionLine({ versions, subgraphs = [] }: ModelSummary): readonly string[] {
  const parts = Object.entries(versions).filter(([, value]) => value !== '')
  const said = parts.map(([name, value]) => `${name} ${value}`)
  if (subgraphs.length > 0) said.push(`subgraphs ${subgraphs.join(', ')}`)
  return said.length > 0 ? [said.join(', ')] : []
}

function typeTable(layers: readonly LayerSummary[]): string {
  const counts = new Map<string, number>()
  for (const { type } of layers) counts.set(type, (counts.get(type) ?? 0) + 1)
  const rows = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => [type, String(count)])
  return renderTable([{ title: 'layer type' }, { title: `of ${layers.length}`, align: 'right' }], rows)
}

function layerTable(layers: readonly LayerSummary[]): string {
  const rows = layers.map(({ type, name, inputs, outputs }) => [
    type,
    name,
    inputs.join(' '),
    outputs.join(' '),
  ])
  return renderTable([{ title: 'type' }, { title: 'layer' }, { title: 'inputs' }, { title: 'outputs' }], rows)
}
