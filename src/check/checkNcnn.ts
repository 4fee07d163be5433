import type { ModelFile } from '../file/ModelFile.js'
import { interfaceOf, type NcnnBlock, type NcnnLayer, type NcnnReport } from '../file/NcnnReport.js'
import { sniffContent } from '../file/sniffContent.js'
import { storagesOfNcnn } from '../file/storages.js'
import type { Comparand } from './against/Comparand.js'
import { compareInterface } from './against/compareInterface.js'
import { comparePlaces, type PlacedLayer } from './against/comparePlaces.js'
import { compareStored, judgeUncompared } from './against/compareStored.js'
import type { SourceValues } from './against/SourceWeight.js'
import { nothingCompared, type WeightComparison } from './against/WeightComparison.js'
import { type FileCheck, FindingList } from './FindingList.js'
import { judgePeers, type ScannedTensor } from './weights/judgePeers.js'
import { judgeTensor } from './weights/judgeTensor.js'
import type { StoredTensor } from './weights/StoredTensor.js'
import { scanTensor } from './weights/scanTensor.js'
import { openWeights, type WeightBytes } from './weights/WeightFile.js'

/**
 * Checks a .param and the .bin beside it, and holds its weights against the comparand. What a file may be, and where
 * its weights are, cpp/format says; what the weights can be is judged here.
 */
export async function checkNcnn(file: ModelFile, comparand: Comparand): Promise<FileCheck> {
  const report = await file.ncnn()
  const beside = await file.weights()
  await using weights = beside === undefined ? undefined : await openWeights(beside)
  const findings = new FindingList(file.name)
  findings.addAll(report.findings)
  const weightFindings = new FindingList(file.weightsName)
  const { blocks, compared } = weights
    ? await checkWeights(report, weights, comparand, weightFindings)
    : reportAbsent(report, weightFindings)
  if (comparand.graph) compareInterface(interfaceOf(report.layers), comparand.graph, compared, findings)
  return {
    findings: [findings, weightFindings],
    layers: report.layers.map(({ name }) => name),
    tensors: blocks.length,
    bytes: blocks.reduce((total, { bytes }) => total + bytes, 0),
    storages: storagesOfNcnn(blocks),
    compared,
  }
}

interface CheckedWeights {
  readonly blocks: readonly NcnnBlock[]
  readonly compared: WeightComparison
}

function reportAbsent({ loadsWeights }: NcnnReport, findings: FindingList): CheckedWeights {
  if (loadsWeights)
    findings.error('weights-not-found', `${findings.file} does not exist: the layers load weights from it`, {
      help: 'Copy the .bin beside the .param, under the same name.',
    })
  return { blocks: [], compared: nothingCompared }
}

async function checkWeights(
  { layers, weights }: NcnnReport,
  file: WeightBytes,
  comparand: Comparand,
  findings: FindingList,
): Promise<CheckedWeights> {
  const isForeign = !weights?.fits && (await reportForeign(file, findings))
  if (!isForeign && weights) findings.addAll(weights.findings)
  const blocks = isForeign || !weights ? [] : weights.blocks
  const scanned = await checkValues(blocks, layers, file, comparand.sourceValues, findings)
  const tensors = blocks.flatMap((block) => storedTensor(block, layers) ?? [])
  const compared = await compareStored(tensors, file, comparand, findings)
  await judgeUncompared(scanned, compared, file, findings)
  if (!comparand.graph) return { blocks, compared }
  const exchanged = await comparePlaces(layers.map(placed), comparand.graph, compared, () => findings)
  return { blocks, compared: { ...compared, faults: [...compared.faults, ...exchanged] } }
}

/** Of their second input, and of those behind it, these read the size alone. */
const sizedByOthers: ReadonlySet<string> = new Set(['Crop', 'Interp', 'Reshape', 'PriorBox'])

function placed({ type, name, inputs, outputs }: NcnnLayer): PlacedLayer {
  return { name, type, inputs: sizedByOthers.has(type) ? inputs.slice(0, 1) : inputs, outputs }
}

/** What the weights in the .bin are, tensor by tensor. Returns those that may be weights. */
async function checkValues(
  blocks: readonly NcnnBlock[],
  layers: readonly NcnnLayer[],
  file: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<readonly ScannedTensor[]> {
  const scanned: ScannedTensor[] = []
  for (const block of blocks) {
    const tensor = storedTensor(block, layers)
    if (!tensor) continue
    if (block.startsWithTag)
      findings.error('tag-in-weights', `the first weight of '${tensor.layer}' is a storage tag`, {
        layer: tensor.layer,
        offset: tensor.offset,
        help: 'The tag was written twice, or 4 bytes were inserted: convert the model again.',
      })
    const statistics = await scanTensor(tensor, file)
    const sane = await judgeTensor(tensor, statistics, file, sourceValues, findings)
    if (sane) scanned.push({ tensor, statistics })
  }
  judgePeers(scanned, findings)
  return scanned
}

/** Asked only of files that do not fit: the first weight of a sound one may look like anything. */
async function reportForeign(file: WeightBytes, findings: FindingList): Promise<boolean> {
  const { kind, description, help } = sniffContent(await file.piece(0, 4096))
  if (kind === 'ncnn-bin' || kind === 'unknown' || kind === 'zeros') return false
  findings.error('foreign-file', `expected ncnn weights, but it looks like ${description}`, {
    offset: 0,
    help,
  })
  return true
}

/** The tensor in a block, or undefined for packed weights and tables, whose values are not plain. */
function storedTensor(
  { layer, role, storage, count, channels, offset }: NcnnBlock,
  layers: readonly NcnnLayer[],
): StoredTensor | undefined {
  if (storage === 'packed' || storage === 'table' || count === 0) return undefined
  const { name, type } = layers[layer]!
  return { layer: name, layerType: type, role, format: storage, count, channels, offset }
}
