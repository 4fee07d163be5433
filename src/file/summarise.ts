import type { MnnNet } from './MnnReport.js'
import type { ModelSummary, WeightsSummary } from './ModelSummary.js'
import { interfaceOf, type NcnnReport, weightsPath } from './NcnnReport.js'

/** Summary of a .param, text or binary, and of its .bin. */
export function summariseNcnn(
  param: NcnnReport,
  {
    file,
    bytes,
    weights,
  }: Pick<ModelSummary, 'file' | 'bytes'> & { readonly weights: WeightsSummary | undefined },
): ModelSummary {
  return {
    engine: 'ncnn',
    format: param.format,
    file,
    bytes,
    ...interfaceOf(param.layers),
    layers: param.layers.map(({ type, name, inputs, outputs }) => ({ type, name, inputs, outputs })),
    ...(weights && { weights }),
    versions: {},
    warnings: [
      ...missingWeights(file, weights !== undefined),
      ...ignoredLines(param),
      ...spareBlobs(param),
      ...repeatedBlobs(param),
    ],
  }
}

function missingWeights(file: string, found: boolean): readonly string[] {
  return found ? [] : [`no weights beside it: ${weightsPath(file)} does not exist`]
}

function ignoredLines({ ignoredLines, layerCount }: NcnnReport): readonly string[] {
  if (ignoredLines.length === 0) return []
  return [`line 2 declares ${layerCount} layers: ncnn ignores line ${ignoredLines.join(', ')}`]
}

/** ncnn loads such a file: a remark, not an error. */
function spareBlobs({ layers, blobCount }: NcnnReport): readonly string[] {
  const produced = new Set(layers.flatMap(({ outputs }) => outputs)).size
  return blobCount !== null && blobCount > produced
    ? [`line 2 declares ${blobCount} blobs, the layers produce ${produced}`]
    : []
}

/** ncnn finds the first of them by name, whatever the second consumer meant. */
function repeatedBlobs({ layers }: NcnnReport): readonly string[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const blob of layers.flatMap(({ outputs }) => outputs)) (seen.has(blob) ? repeated : seen).add(blob)
  return [...repeated].map((blob) => `more than one layer produces blob '${blob}'`)
}

/** Summary of an .mnn. The op that makes an output is found by name, as MNN does. */
export function summariseMnn(
  net: MnnNet,
  { file, bytes }: Pick<ModelSummary, 'file' | 'bytes'>,
): ModelSummary {
  const { inputs, outputs, operators, subgraphs, converter, source, bizCode, uuid } = net
  return {
    engine: 'mnn',
    format: 'mnn-flatbuffer',
    file,
    bytes,
    inputs,
    outputs: outputs.map((name) => ({ name, shape: null, dtype: 'float32', layout: 'NCHW' })),
    layers: operators
      .filter(({ subgraph }) => subgraph === null)
      .map(({ type, name, inputs, outputs }) => ({ type, name, inputs, outputs })),
    ...(subgraphs.length > 0 && { subgraphs }),
    versions: { converter, source, bizCode, uuid },
    warnings: warningsOf(net),
  }
}

function warningsOf({ operators, outputs }: MnnNet): readonly string[] {
  const graph = operators.filter(({ subgraph }) => subgraph === null)
  const produced = new Set(graph.flatMap(({ outputs }) => outputs))
  const unknown = new Set(graph.map(({ type }) => type).filter((type) => type.startsWith('unknown')))
  return [
    ...outputs.filter((name) => !produced.has(name)).map((name) => `no op produces the output '${name}'`),
    ...[...unknown].map((type) => `op type ${type}: newer than MNN 3.6.1, or damage`),
  ]
}
