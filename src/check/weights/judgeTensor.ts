import type { SourceValues } from '../against/SourceValues.js'
import type { FindingList } from '../FindingList.js'
import { describeTensor, percent, placeIn } from './describeTensor.js'
import { countFrom, gapBelowLargest } from './exponentShare.js'
import { judgeExtremes } from './judgeExtremes.js'
import { judgeGarbage } from './judgeGarbage.js'
import { judgeZeros } from './judgeZeros.js'
import type { StoredTensor } from './StoredTensor.js'
import type { ValueStatistics } from './ValueStatistics.js'
import type { WeightBytes } from './WeightBytes.js'

/** Powers of two from which on a value is remarkable: 16384 for weights, where fp16 ends at 65504. */
const hugeWeight = 14
const hugeOther = 24
/** Weights of this power of two are something else; float16 ends at 2^16. */
const impossibleSizes = { fp32: 40, bf16: 40, fp16: 9, int8: 0 } as const
/** Empty powers of two below the largest values; real models have up to 2 in weights and 5 in biases. */
const gapInWeights = 6
const gapInOthers = 12

/** Says what is remarkable about one tensor's values. False where they are no weights at all. */
export async function judgeTensor(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  source: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<boolean> {
  if (statistics.count === 0) return true
  if (tensor.format !== 'int8' && !(await judgeFloats(tensor, statistics, source, sourceValues, findings)))
    return false
  await judgeZeros(tensor, statistics, source, findings)
  return true
}

async function judgeFloats(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  source: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<boolean> {
  const { special, count, subnormal } = statistics
  const isWeight = tensor.role === 'weight'
  const huge = countFrom(statistics, isWeight ? hugeWeight : hugeOther)
  const impossible = special + countFrom(statistics, impossibleSizes[tensor.format])
  if (isWeight && count >= 16 && impossible > count / 20) {
    if (await judgeGarbage(tensor, impossible, source, findings)) return false
  }
  const gap = gapBelowLargest(statistics, Math.max(1, count / 1000))
  const stands = count >= 16 && gap >= (isWeight ? gapInWeights : gapInOthers)
  if (special > 0 || huge > 0 || stands)
    await judgeExtremes(tensor, { huge, stands }, source, sourceValues, findings)
  const share = subnormal / count
  if (tensor.format === 'fp32' && share > 0.05) {
    const message = `${percent(share)} of the ${describeTensor(tensor)} are denormal (below 1.2e-38)`
    const place = { ...placeIn(tensor), help: 'Are these really float32? Each one slows some CPUs down.' }
    if (share > 0.5) findings.warning('weight-denormal', message, place)
    else findings.info('weight-denormal', message, place)
  }
  return true
}
