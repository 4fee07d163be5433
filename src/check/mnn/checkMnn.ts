import { stat } from 'node:fs/promises'
import type { ModelFile } from '../../file/ModelFile.js'
import { storagesOfMnn } from '../../file/storages.js'
import type { MnnNet } from '../../inspect/mnn/MnnReport.js'
import type { Comparand } from '../against/Comparand.js'
import { compareInterface } from '../against/compareInterface.js'
import type { FileCheck } from '../FindingList.js'
import { FindingList } from '../FindingList.js'
import { bytesPerValue } from '../weights/StoredTensor.js'
import { openWeights, WeightFile } from '../weights/WeightFile.js'
import { checkMnnValues } from './checkMnnValues.js'
import { tensorsOf } from './mnnWeights.js'

/**
 * Checks an .mnn, and the file of its weights where it has one. What a file may be, and where its weights are,
 * cpp/format says; what the weights can be is judged here.
 */
export async function checkMnn(file: ModelFile, comparand: Comparand): Promise<FileCheck> {
  const report = await file.mnn()
  const findings = new FindingList(file.name)
  const outsideFindings = new FindingList(`${file.name}.weight`)
  await using content = await openWeights(file.model)
  await using outside = file.path === undefined ? undefined : await openIfThere(outsideFindings.file)
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
