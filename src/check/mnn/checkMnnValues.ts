import type { MnnNet } from '../../inspect/mnn/MnnReport.js'
import type { Comparand, EngineWeight } from '../against/Comparand.js'
import { compareStored, judgeUncompared } from '../against/compareStored.js'
import type { WeightComparison } from '../against/compareWeights.js'
import type { FindingList } from '../FindingList.js'
import { judgePeers, type ScannedTensor } from '../weights/judgePeers.js'
import { judgeTensor } from '../weights/judgeTensor.js'
import { bytesPerValue, type StoredTensor } from '../weights/StoredTensor.js'
import { scanTensor } from '../weights/scanTensor.js'
import type { WeightBytes } from '../weights/WeightFile.js'
import { tensorsOf } from './mnnWeights.js'
import { packedWeights } from './packedWeights.js'

/** A model and its file of weights, and where what is said of them goes. */
export interface MnnFiles {
  readonly content: WeightBytes
  readonly findings: FindingList
  readonly outside: WeightBytes | undefined
  readonly outsideFindings: FindingList
}

/** What the weights in the model and in its weight file are, tensor by tensor. */
export async function checkMnnValues(
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
  return {
    matched: results.flatMap(({ compared }) => compared.matched),
    unmatched: results.flatMap(({ compared }) => compared.unmatched),
  }
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
