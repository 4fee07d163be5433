import type { FindingList } from '../FindingList.js'
import { describeTensor, percent, placeIn } from './describeTensor.js'
import { medianExponent } from './exponentShare.js'
import type { StoredTensor } from './StoredTensor.js'
import type { ValueStatistics } from './ValueStatistics.js'

/** Smallest normal float16: 2^-14. Weights around it lose their digits, and then their value. */
const smallInFp16 = -10

/**
 * Weights around float16's smallest number were rounded to a few steps or to zero when the file was written.
 * Sparse weights have as many zeros, but their others are not small.
 */
export function judgeUnderflow(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  findings: FindingList,
): void {
  const { zeros, subnormal, count } = statistics
  if (tensor.format !== 'fp16' || tensor.role !== 'weight') return
  const lost = (zeros + subnormal) / count
  const median = medianExponent(statistics)
  if (lost < 0.25 || median === undefined || median > smallInFp16) return
  findings.error(
    'fp16-underflow',
    `${percent(lost)} of the ${describeTensor(tensor)} are zero or denormal in float16 and the others are small, of about 2^${median}: their values were lost`,
    {
      ...placeIn(tensor),
      help: 'Store this model in fp32 (pnnx fp16=0), or scale these weights up and the layer behind them down.',
    },
  )
}
