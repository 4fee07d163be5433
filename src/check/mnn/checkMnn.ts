import { stat } from 'node:fs/promises'
import type { MnnNet } from '../../inspect/mnn/MnnReport.js'
import { reportMnn } from '../../inspect/mnn/reportMnn.js'
import type { Comparand } from '../against/Comparand.js'
import { compareInterface } from '../against/compareInterface.js'
import type { FileCheck } from '../FindingList.js'
import { FindingList } from '../FindingList.js'
import type { ModelSource } from '../readSource.js'
import { bytesPerValue } from '../weights/StoredTensor.js'
import { WeightFile } from '../weights/WeightFile.js'
import { checkMnnValues } from './checkMnnValues.js'
import { storagesOfMnn, tensorsOf } from './mnnWeights.js'

/**
 * Checks an .mnn, and the file of its weights where it has one. What a file may be, and where its weights are,
 * cpp/format says; what the weights can be is judged here.
 */
export async function checkMnn({ file, content }: ModelSource, comparand: Comparand): Promise<FileCheck> {
  const findings = new FindingList(file)
  const outsideFindings = new FindingList(`${file}.weight`)
  await using outside = await openIfThere(outsideFindings.file)
  const report = reportMnn(content, outside?.size)
  findings.addAll(report.findings)
  outsideFindings.addAll(report.weightFindings)
  const found = { findings: [findings, outsideFindings] }
  if (!report.net) return { ...found, layers: [], tensors: 0, bytes: 0, storages: [] }
  const { net } = report
  const files = { content, findings, outside, outsideFindings }
  const compared = await checkMnnValues(net, files, comparand)
  if (comparand.graph) compareInterface(interfaceOf(net), comparand.graph, compared, findings)
  const tensors = tensorsOf(net).filter(({ inBody }) => !inBody)
  return {
    ...found,
    layers: net.operators.filter(({ subgraph }) => subgraph === null).map(({ name }) => name),
    tensors: tensors.length,
    bytes: tensors.reduce((total, { count, format }) => total + count * bytesPerValue[format], 0),
    storages: storagesOfMnn(net),
  }
}

/** The file of weights beside a model (MNN looks for MODEL.weight). */
async function openIfThere(file: string): Promise<WeightFile | undefined> {
  const isFile = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  )
  return isFile ? WeightFile.open(file) : undefined
}

/** Shapes of outputs are not in the file. */
function interfaceOf({ inputs, outputs }: MnnNet) {
  return {
    inputs,
    outputs: outputs.map((name) => ({ name, shape: null, dtype: 'float32', layout: 'NCHW' }) as const),
  }
}
