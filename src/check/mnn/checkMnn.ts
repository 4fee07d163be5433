import type { Comparand } from '../against/Comparand.js'
import { compareInterface } from '../against/compareInterface.js'
import { type FileCheck, FindingList } from '../FindingList.js'
import { bytesPerValue } from '../weights/StoredTensor.js'
import { checkGraph } from './checkGraph.js'
import { checkMnnValues } from './checkMnnValues.js'
import { checkOperators } from './checkOperators.js'
import { collectOrReport } from './collectOrReport.js'
import { collectWeights } from './collectWeights.js'
import { interfaceOf } from './interfaceOf.js'
import type { MnnModel, MnnOperator } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'
import { storagesOfWeights } from './mnnStorages.js'
import { unlessDamaged } from './unlessDamaged.js'

/** Checks an .mnn, and the file of its weights where it has one. */
export async function checkMnn(model: MnnModel, comparand: Comparand): Promise<FileCheck> {
  const findings = new FindingList(model.file)
  checkEnd(model, findings)
  checkOperators(model, findings)
  checkGraph(model, findings)
  const weights = model.operators.flatMap((operator) => {
    const collected = collectOrReport(operator, findings)
    return collected ? [collected] : []
  })
  const external = new FindingList(`${model.file}.weight`)
  const bodies = model.bodies.flatMap((operator) => unlessDamaged(() => bodyWeights(operator)) ?? [])
  const compared = await checkMnnValues(model, [...weights, ...bodies], comparand, findings, external)
  if (comparand.graph) compareInterface(interfaceOf(model), comparand.graph, compared, findings)
  const tensors = weights.flatMap((each) => each.tensors)
  return {
    findings: [findings, external],
    layers: model.operators.map(({ name }) => name),
    tensors: tensors.length,
    bytes: tensors.reduce((total, { count, format }) => total + count * bytesPerValue[format], 0),
    storages: storagesOfWeights(weights),
  }
}

/**
 * What a subgraph computes with are constants to it: a converter makes loops of recurrent layers, and others' subgraphs
 * are not looked into.
 */
function bodyWeights(operator: MnnOperator): MnnWeights {
  const { tensors } = collectWeights(operator)
  return { tensors: tensors.map((tensor) => ({ ...tensor, role: 'data' })), packed: undefined }
}

/** FlatBufferBuilder pads what it finishes to words; without the last bytes of padding a file still reads. */
function checkEnd({ bytes, file }: MnnModel, findings: FindingList): void {
  if (bytes.size % 4 === 0) return
  findings.warning(
    'missing-bytes',
    `${file} has ${bytes.size} bytes, which is no multiple of 4: its end is missing`,
    { offset: bytes.size, help: 'Copy or download it again and compare its size.' },
  )
}
