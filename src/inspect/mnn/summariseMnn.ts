import type { ModelSummary, TensorSummary } from '../ModelSummary.js'
import type { MnnNet } from './MnnNet.js'
import type { MnnOp } from './MnnOp.js'
import { mnnDType } from './mnnDType.js'
import { readMnnContent } from './readMnnContent.js'
import { readNet } from './readNet.js'

const formatNhwc = 1

/** Summary of an .mnn. The op that makes an output is found by name, as MNN does. */
export async function summariseMnn(file: string): Promise<ModelSummary> {
  const content = await readMnnContent(file)
  const net = readNet(content, file)
  return {
    engine: 'mnn',
    format: 'mnn-flatbuffer',
    file,
    bytes: content.length,
    inputs: net.ops.flatMap(inputsOf),
    outputs: outputNames(net).map((name) => ({ name, shape: null, dtype: 'float32', layout: 'NCHW' })),
    layers: net.ops.map(({ type, name, inputs, outputs }) => ({ type, name, inputs, outputs })),
    ...(net.subgraphs.length > 0 && { subgraphs: net.subgraphs }),
    versions: { converter: net.converter, source: net.source, bizCode: net.bizCode, uuid: net.uuid },
    warnings: warningsOf(net),
  }
}

function inputsOf({ input, outputs }: MnnOp): readonly TensorSummary[] {
  if (!input) return []
  const shape = input.dims.map((size) => (size > 0 ? size : -1))
  const layout = input.format === formatNhwc ? 'NHWC' : 'NCHW'
  return outputs.map((name) => ({ name, shape, dtype: mnnDType(input.dtype), layout }))
}

/** Old files name no outputs: then they are the tensors that nothing reads, as in MNN. */
function outputNames({ outputNames, ops }: MnnNet): readonly string[] {
  if (outputNames.length > 0) return outputNames
  const consumed = new Set(ops.flatMap(({ inputs }) => inputs))
  return ops.flatMap(({ outputs }) => outputs).filter((name) => !consumed.has(name))
}

function warningsOf({ ops, outputNames }: MnnNet): readonly string[] {
  const produced = new Set(ops.flatMap(({ outputs }) => outputs))
  const unknown = [...new Set(ops.map(({ type }) => type).filter((type) => type.startsWith('unknown')))]
  return [
    ...outputNames.filter((name) => !produced.has(name)).map((name) => `no op produces the output '${name}'`),
    ...unknown.map((type) => `op type ${type}: newer than MNN 3.6.1, or damage`),
  ]
}
