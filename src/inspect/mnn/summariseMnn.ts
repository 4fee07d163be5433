import type { ModelSummary } from '../ModelSummary.js'
import type { MnnNet } from './MnnReport.js'

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
