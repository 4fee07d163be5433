import type { FindingList } from '../FindingList.js'
import type { ScannedTensor } from '../weights/judgePeers.js'
import { judgeUnderflow } from '../weights/judgeUnderflow.js'
import { readTensor } from '../weights/readTensor.js'
import type { StoredTensor, WeightRole } from '../weights/StoredTensor.js'
import type { WeightBytes } from '../weights/WeightBytes.js'
import type { Comparand } from './Comparand.js'
import { collectSourceWeights } from './collectSourceWeights.js'
import { compareWeights, nothingCompared, type WeightComparison } from './compareWeights.js'
import type { EngineWeight } from './EngineWeight.js'
import { explainDump } from './explainDump.js'

/** Holds the tensors of one file against the source model and the dump, where they are given. */
export async function compareStored(
  tensors: readonly StoredTensor[],
  source: WeightBytes,
  { graph, dump }: Comparand,
  findings: FindingList,
  more: readonly EngineWeight[] = [],
): Promise<WeightComparison> {
  if (dump) await explainDump(dump, tensors, source, findings)
  if (!graph) return nothingCompared
  const ofRole = (wanted: WeightRole) =>
    tensors.filter(({ role }) => role === wanted).map((tensor) => engineWeight(tensor, source))
  const constants = ofRole('data').filter(({ format }) => format !== 'int8')
  return compareWeights([...ofRole('weight'), ...more], constants, collectSourceWeights(graph), findings)
}

/** What only the source shows better, of the tensors that were not found in it. */
export async function judgeUncompared(
  scanned: readonly ScannedTensor[],
  { matched }: WeightComparison,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const known = new Set(matched.map(({ offset }) => offset))
  for (const { tensor, statistics } of scanned)
    if (!known.has(tensor.offset)) await judgeUnderflow(tensor, statistics, source, findings)
}

function engineWeight(tensor: StoredTensor, source: WeightBytes): EngineWeight {
  const { layer, layerType, offset, count, channels, format } = tensor
  const values = (bytesLater = 0) => readTensor(tensor, source, bytesLater)
  const steps = format === 'int8' ? { steps: new Float32Array(channels).fill(1) } : {}
  return { layer, layerType, offset, count, channels, format, values, ...steps }
}
