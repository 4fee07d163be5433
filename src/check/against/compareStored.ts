import type { FindingList } from '../FindingList.js'
import { readTensor } from '../weights/readTensor.js'
import type { StoredTensor } from '../weights/StoredTensor.js'
import type { WeightBytes } from '../weights/WeightBytes.js'
import type { Comparand } from './Comparand.js'
import { collectSourceWeights } from './collectSourceWeights.js'
import { compareWeights } from './compareWeights.js'
import type { EngineWeight } from './EngineWeight.js'
import { explainDump } from './explainDump.js'

/** Holds the tensors of one file against the source model and the dump, where they are given. */
export async function compareStored(
  tensors: readonly StoredTensor[],
  source: WeightBytes,
  { graph, dump }: Comparand,
  findings: FindingList,
  more: readonly EngineWeight[] = [],
): Promise<void> {
  if (dump) await explainDump(dump, tensors, source, findings)
  if (!graph) return
  const weights = tensors
    .filter(({ role }) => role === 'weight')
    .map((tensor) => engineWeight(tensor, source))
  await compareWeights([...weights, ...more], collectSourceWeights(graph), findings)
}

function engineWeight(tensor: StoredTensor, source: WeightBytes): EngineWeight {
  const { layer, layerType, offset, count, channels, format } = tensor
  const values = (bytesLater = 0) => readTensor(tensor, source, bytesLater)
  return { layer, layerType, offset, count, channels, format, values }
}
