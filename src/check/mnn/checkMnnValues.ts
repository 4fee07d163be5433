import type { Comparand, EngineWeight } from '../against/Comparand.js'
import { compareStored, judgeUncompared } from '../against/compareStored.js'
import type { WeightComparison } from '../against/compareWeights.js'
import type { FindingList } from '../FindingList.js'
import { judgePeers, type ScannedTensor } from '../weights/judgePeers.js'
import { judgeTensor } from '../weights/judgeTensor.js'
import { bytesPerValue } from '../weights/StoredTensor.js'
import { scanTensor } from '../weights/scanTensor.js'
import type { WeightBytes } from '../weights/WeightFile.js'
import type { MnnModel } from './MnnModel.js'
import type { MnnTensor, MnnWeights } from './MnnTensor.js'
import { openExternal } from './openExternal.js'
import { packedWeight } from './packedWeight.js'

/** What the weights in the model and in its weight file are, tensor by tensor. */
export async function checkMnnValues(
  model: MnnModel,
  weights: readonly MnnWeights[],
  comparand: Comparand,
  inside: FindingList,
  outside: FindingList,
): Promise<WeightComparison> {
  const tensors = weights.flatMap((each) => each.tensors)
  const packed = weights.flatMap((each) => (each.packed && packedWeight(each.packed)) ?? [])
  const embedded = tensors.filter((tensor) => !tensor.external)
  const results = [await checkTensors(embedded, model.bytes, comparand, inside, packed)]
  const external = tensors.filter((tensor) => tensor.external)
  if (external.length > 0) {
    await using file = await openExternal(outside)
    const readable = file ? external.filter((tensor) => isInside(tensor, file.size, outside)) : []
    if (file) results.push(await checkTensors(readable, file, comparand, outside))
  }
  judgePeers(
    results.flatMap(({ scanned }) => scanned),
    inside,
  )
  return {
    matched: results.flatMap(({ compared }) => compared.matched),
    unmatched: results.flatMap(({ compared }) => compared.unmatched),
  }
}

async function checkTensors(
  tensors: readonly MnnTensor[],
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

function isInside({ layer, offset, count, format }: MnnTensor, size: number, findings: FindingList): boolean {
  const end = offset + count * bytesPerValue[format]
  if (offset >= 0 && end <= size) return true
  findings.error(
    'missing-bytes',
    `'${layer}' has weights from byte ${offset} to ${end}, the file has ${size}`,
    { layer, offset, help: 'The weight file belongs to another model, or was cut short.' },
  )
  return false
}
