import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import type { LayerSummary, ModelSummary } from '../../file/ModelSummary.js'
import { formatBytes, formatNumber, formatShape } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { overflowRisks } from '../../pack/noticesFor.js'
import { Pack } from '../../pack/Pack.js'
import type { PackLayer, PackManifest, PackRun } from '../../pack/PackManifest.js'
import { renderTable } from '../../report/renderTable.js'
import type { CommandResult } from '../CommandResult.js'
import { overflowLines, tensorTable } from '../output/lines.js'

export interface InspectRequest {
  readonly model: string
  readonly layers?: boolean
}

/** `twinfer inspect`. */
export async function inspectModel({ model, layers = false }: InspectRequest): Promise<CommandResult> {
  if (isPack(model)) return inspectPack(model, layers)
  const file = await ModelFile.from(model)
  const summary = await file.summary()
  const storages = await storagesOf(file)
  return { exitCode: 0, document: { ...summary, storages }, text: printSummary(summary, storages, layers) }
}

/** How the weights are stored; nothing is said of tables that cannot be read, which `check` explains. */
async function storagesOf(file: ModelFile): Promise<readonly string[]> {
  try {
    return await file.storages()
  } catch (error) {
    if (error instanceof TwinferError) return []
    throw error
  }
}

export function isPack(file: string): boolean {
  return file.toLowerCase().endsWith('.twin')
}

/** `twinfer inspect` of a golden pack: its manifest. */
export async function inspectPack(file: string, allLayers: boolean): Promise<CommandResult> {
  const pack = await Pack.open(file)
  await pack.close()
  return { exitCode: 0, document: pack.manifest, text: printManifest(file, pack.manifest, allLayers) }
}

/** What `twinfer inspect` shows of a golden pack. */
export function printManifest(
  file: string,
  { version, inputs, recorded, layers, tolerances, runs }: PackManifest,
  allLayers: boolean,
): string {
  const stored = layers.filter(({ member }) => member !== null).length
  return linesOf([
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
  ])
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

/** What `twinfer inspect` shows to a person. */
export function printSummary(summary: ModelSummary, storages: readonly string[], allLayers: boolean): string {
  const { file, format, bytes, weights, inputs, outputs, layers, warnings } = summary
  return linesOf([
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
  ])
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
