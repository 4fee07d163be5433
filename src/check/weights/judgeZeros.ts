import type { FindingList } from '../FindingList.js'
import { describeTensor, placeIn } from './describeTensor.js'
import { longestZeroRun } from './longestZeroRun.js'
import type { StoredTensor } from './StoredTensor.js'
import type { ValueStatistics } from './ValueStatistics.js'
import type { WeightBytes } from './WeightBytes.js'

/** Tensors, and long runs inside them, that are zero. */
export async function judgeZeros(
  tensor: StoredTensor,
  { zeros, constant, count }: ValueStatistics,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const matters = tensor.role === 'weight' || tensor.role === 'scale'
  if (!matters || count < 2) return
  if (zeros === count) {
    findings.warning('weight-zero', `all ${describeTensor(tensor)} are zero: the layer is dead`, {
      ...placeIn(tensor),
      help: 'A part of the file that was never written looks like this.',
    })
    return
  }
  if (tensor.role !== 'weight') return
  if (constant && count >= 16)
    findings.info('weight-constant', `all ${describeTensor(tensor)} are the same`, placeIn(tensor))
  if (zeros < count / 8) return
  const channelSize = count / Math.max(1, tensor.channels)
  const { start, length } = await longestZeroRun(tensor, source)
  if (length < Math.max(1024, 4 * channelSize)) return
  findings.warning(
    'zero-channels',
    `${length} of the ${describeTensor(tensor)} in a row are zero, from index ${start} on (${Math.floor(length / channelSize)} channels)`,
    { ...placeIn(tensor, start), help: 'A part of the file that was never written looks like this.' },
  )
}
