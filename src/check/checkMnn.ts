import type { MnnNet, MnnOp } from '../file/MnnReport.js'
import type { ModelFile } from '../file/ModelFile.js'
import { storagesOfMnn } from '../file/storages.js'
import type { Comparand, EngineWeight } from './against/Comparand.js'
import { compareInterface } from './against/compareInterface.js'
import { comparePlaces, type PlacedLayer } from './against/comparePlaces.js'
import { compareStored, judgeUncompared } from './against/compareStored.js'
import { nothingCompared, type WeightComparison } from './against/WeightComparison.js'
import { type FileCheck, FindingList } from './FindingList.js'
import { packedWeights } from './packedWeights.js'
import { judgePeers, type ScannedTensor } from './weights/judgePeers.js'
import { judgeTensor } from './weights/judgeTensor.js'
import { bytesPerValue, type StoredTensor } from './weights/StoredTensor.js'
import { scanTensor } from './weights/scanTensor.js'
import { openWeights, type WeightBytes } from './weights/WeightFile.js'

/**
 * Checks an .mnn, and the file of its weights where it has one. What a file may be, and where its weights are,
 * cpp/format says; what the weights can be is judged here.
 */
export async function checkMnn(file: ModelFile, comparand: Comparand): Promise<FileCheck> {
  const report = await file.mnn()
  const findings = new FindingList(file.name)
  const outsideFindings = new FindingList(file.weightsName)
  await using content = await openWeights(file.model)
  const beside = await file.weights()
  await using outside = beside === undefined ? undefined : await openWeights(beside)
  findings.addAll(report.findings)
  outsideFindings.addAll(report.weightFindings)
  const found = { findings: [findings, outsideFindings] }
  if (!report.net)
    return { ...found, layers: [], tensors: 0, bytes: 0, storages: [], compared: nothingCompared }
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
    compared,
  }
}

/** Shapes of outputs are not in the file. */
function interfaceOf({ inputs, outputs }: MnnNet) {
  return {
    inputs,
    outputs: outputs.map((name) => ({ name, shape: null, dtype: 'float32', layout: 'NCHW' }) as const),
  }
}

/** A model and its file of weights, and where what is said of them goes. */
interface MnnFiles {
  readonly content: WeightBytes
  readonly findings: FindingList
  readonly outside: WeightBytes | undefined
  readonly outsideFindings: FindingList
}

/** What the weights in the model and in its weight file are, tensor by tensor. */
async function checkMnnValues(
  net: MnnNet,
  { content, findings, outside, outsideFindings }: MnnFiles,
  comparand: Comparand,
): Promise<WeightComparison> {
  const tensors = tensorsOf(net)
  const embedded = tensors.filter(({ external }) => !external)
  const packed = comparand.graph ? await packedWeights(net, content) : []
  const results = [await checkTensors(embedded, content, comparand, findings, packed)]
  // That the others are not there is a finding already.
  const readable = tensors.filter((tensor) => tensor.external && outside && isInside(tensor, outside))
  if (outside && readable.length > 0)
    results.push(await checkTensors(readable, outside, comparand, outsideFindings))
  judgePeers(
    results.flatMap(({ scanned }) => scanned),
    findings,
  )
  const compared = {
    matched: results.flatMap(({ compared }) => compared.matched),
    unmatched: results.flatMap(({ compared }) => compared.unmatched),
    faults: results.flatMap(({ compared }) => compared.faults),
  }
  if (!comparand.graph) return compared
  const layers = net.operators.filter(({ subgraph }) => subgraph === null).map(placed)
  const exchanged = await comparePlaces(layers, comparand.graph, compared, ({ external }) =>
    external ? outsideFindings : findings,
  )
  return { ...compared, faults: [...compared.faults, ...exchanged] }
}

/** What they compute is a size, which is a constant to a converter that knows it. */
const sizes: ReadonlySet<string> = new Set(['Shape', 'Size', 'Rank'])
/** Of their second input, and of those behind it, these read the size alone. */
const sizedByOthers: ReadonlySet<string> = new Set(['Crop', 'Interp', 'PriorBox', 'Resize'])

function placed({ type, name, inputs, outputs }: MnnOp): PlacedLayer {
  const read = sizes.has(type) ? [] : sizedByOthers.has(type) ? inputs.slice(0, 1) : inputs
  return { name, type, inputs: read, outputs }
}

async function checkTensors(
  tensors: readonly StoredTensor[],
  bytes: WeightBytes,
  comparand: Comparand,
  findings: FindingList,
  packed: readonly EngineWeight[] = [],
) {
  const scanned: ScannedTensor[] = []
  for (const tensor of tensors) {
    const statistics = await scanTensor(tensor, bytes)
    const sane = await judgeTensor(tensor, statistics, bytes, comparand.sourceValues, findings)
    if (sane) scanned.push({ tensor, statistics })
  }
  const compared = await compareStored(tensors, bytes, comparand, findings, packed)
  await judgeUncompared(scanned, compared, bytes, findings)
  return { scanned, compared }
}

function isInside({ offset, count, format }: StoredTensor, { size }: WeightBytes): boolean {
  return offset >= 0 && offset + count * bytesPerValue[format] <= size
}

interface MnnStored extends StoredTensor {
  /** Loaded by a subgraph: the body of a loop, a branch. */
  readonly inBody: boolean
}

/**
 * The tensors of a model. What a subgraph computes with are constants to it: a converter makes loops of recurrent
 * layers, and others' subgraphs are not looked into.
 */
export function tensorsOf({ weights, operators }: MnnNet): readonly MnnStored[] {
  return weights.map(({ operator, role, ...place }) => {
    const { name, type, subgraph } = operators[operator]!
    const inBody = subgraph !== null
    return { ...place, layer: name, layerType: type, role: inBody ? 'data' : role, inBody }
  })
}
