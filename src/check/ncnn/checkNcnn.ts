import { interfaceOf } from '../../inspect/ncnn/interfaceOf.js'
import { layerTypes } from '../../inspect/ncnn/layerTypes.js'
import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import { weightsBeside, weightsPath } from '../../inspect/ncnn/weightsBeside.js'
import type { Comparand } from '../against/Comparand.js'
import { compareInterface } from '../against/compareInterface.js'
import { compareStored, judgeUncompared } from '../against/compareStored.js'
import { nothingCompared, type WeightComparison } from '../against/compareWeights.js'
import type { FileCheck } from '../FileCheck.js'
import { FindingList } from '../FindingList.js'
import { WeightFile } from '../weights/WeightFile.js'
import { blocksOf } from './blocksOf.js'
import { checkChannels } from './checkChannels.js'
import { checkLayers } from './checkLayers.js'
import { checkLayout } from './checkLayout.js'
import { checkText } from './checkText.js'
import { checkValues } from './checkValues.js'
import type { NcnnSource } from './NcnnSource.js'
import type { PlacedBlock } from './PlacedBlock.js'
import { storagesOf } from './storagesOf.js'
import { storedTensor } from './storedTensor.js'

/** Checks a .param and the .bin beside it, and holds its weights against the comparand. */
export async function checkNcnn(source: NcnnSource, comparand: Comparand): Promise<FileCheck> {
  const { file, param } = source
  const findings = new FindingList(file)
  checkText(source, findings)
  checkLayers(param, findings)
  checkChannels(param.layers, findings)
  const weightFindings = new FindingList(weightsPath(file))
  const { blocks, compared } = await checkWeights(source, comparand, weightFindings)
  if (comparand.graph) compareInterface(interfaceOf(param), comparand.graph, compared, findings)
  return {
    findings: [findings, weightFindings],
    layers: param.layers.map(({ name }) => name),
    tensors: blocks.length,
    bytes: blocks.reduce((total, { bytes }) => total + bytes, 0),
    storages: storagesOf(blocks),
  }
}

async function checkWeights(
  source: NcnnSource,
  comparand: Comparand,
  findings: FindingList,
): Promise<{ readonly blocks: readonly PlacedBlock[]; readonly compared: WeightComparison }> {
  const { pending, complete } = certainBlocks(source)
  const beside = await weightsBeside(source.file)
  if (!beside) {
    if (pending.length > 0)
      findings.error(
        'weights-not-found',
        `${findings.file} does not exist: the layers load weights from it`,
        {
          help: 'Copy the .bin beside the .param, under the same name.',
        },
      )
    return { blocks: [], compared: nothingCompared }
  }
  await using file = await WeightFile.open(beside.file)
  const blocks = await checkLayout(pending, complete, file, findings)
  const scanned = await checkValues(blocks, file, comparand.sourceValues, findings)
  const tensors = blocks.flatMap((block) => storedTensor(block) ?? [])
  const compared = await compareStored(tensors, file, comparand, findings)
  await judgeUncompared(scanned, compared, file, findings)
  return { blocks, compared }
}

/** Behind a line that cannot be read, or a layer of unknown type, nobody knows what the file holds. */
function certainBlocks({ param, problems }: NcnnSource) {
  const unread = problems.find(({ problem }) => problem === 'syntax' || problem === 'truncated-text')
  const unknown = param.layers.find(({ type }) => !layerTypes.has(type))
  const line = Math.min(
    unread?.place.line ?? Number.POSITIVE_INFINITY,
    unknown?.line ?? Number.POSITIVE_INFINITY,
  )
  const known: readonly NcnnLayer[] = param.layers.filter((layer) => layer.line < line)
  return { pending: blocksOf(known), complete: !unread && !unknown }
}
