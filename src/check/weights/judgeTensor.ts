import type { FindingList } from '../FindingList.js'
import { explainGarbage } from './explainGarbage.js'
import { countFrom, gapBelowLargest, medianExponent } from './exponentShare.js'
import { locateExtremes } from './locateExtremes.js'
import { longestZeroRun } from './longestZeroRun.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import type { ValueStatistics } from './ValueStatistics.js'
import type { WeightBytes } from './WeightBytes.js'

/** Powers of two from which on a value is remarkable: 16384 for weights, where fp16 ends at 65504. */
const hugeWeight = 14
const hugeOther = 24
/** No scaling makes weights of 2^40: these bytes are something else. */
const impossibleSize = 40
/** Empty powers of two below the largest values; real models have up to 2 in weights and 5 in biases. */
const gapInWeights = 6
const gapInOthers = 12
/** Smallest normal float16: 2^-14. Weights around it lose their digits, and then their value. */
const smallInFp16 = -10

/** Says what is remarkable about one tensor's values. */
export async function judgeTensor(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  if (statistics.count === 0) return
  if (tensor.format !== 'int8') await judgeFloats(tensor, statistics, source, findings)
  await judgeZeros(tensor, statistics, source, findings)
}

async function judgeFloats(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const { special, count, subnormal } = statistics
  const isWeight = tensor.role === 'weight'
  const huge = countFrom(statistics, isWeight ? hugeWeight : hugeOther)
  const impossible = special + countFrom(statistics, impossibleSize)
  if (isWeight && count >= 16 && impossible > count / 20) {
    if (await judgeGarbage(tensor, impossible, source, findings)) return
  }
  const gap = gapBelowLargest(statistics, Math.max(1, count / 1000))
  const stands = count >= 16 && gap >= (isWeight ? gapInWeights : gapInOthers)
  if (special > 0 || huge > 0 || stands) await judgeExtremes(tensor, huge, stands, source, findings)
  const share = subnormal / count
  if (tensor.format === 'fp32' && share > 0.05) {
    const message = `${percent(share)} of the ${describe(tensor)} are denormal (below 1.2e-38)`
    const place = { ...at(tensor), help: 'Are these really float32? Each one slows some CPUs down.' }
    if (share > 0.5) findings.warning('weight-denormal', message, place)
    else findings.info('weight-denormal', message, place)
  }
  judgeUnderflow(tensor, statistics, findings)
}

/** Whether it was garbage that a cause was found for, or too much of it to be anything else. */
async function judgeGarbage(
  tensor: StoredTensor,
  impossible: number,
  source: WeightBytes,
  findings: FindingList,
): Promise<boolean> {
  const cause = await explainGarbage(tensor, source)
  if (cause === 'byte order') {
    findings.error('wrong-endianness', `the ${describe(tensor)} are stored big-endian`, {
      ...at(tensor),
      help: 'Swap the bytes of each value, or convert the model on a little-endian machine.',
    })
    return true
  }
  if (cause !== undefined) {
    findings.error('shifted-file', `the ${describe(tensor)} start ${cause} bytes later than they must`, {
      ...at(tensor),
      help: 'Bytes were inserted or lost before them: copy or convert the file again.',
    })
    return true
  }
  if (impossible < tensor.count / 4) return false
  findings.error(
    'weight-garbage',
    `${percent(impossible / tensor.count)} of the ${describe(tensor)} are NaN, Infinity or beyond 1e12`,
    { ...at(tensor), help: 'These bytes are no weights of this type: convert the model again.' },
  )
  return true
}

async function judgeExtremes(
  tensor: StoredTensor,
  huge: number,
  stands: boolean,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const { nan, firstNan, infinite, firstInfinite, maxAbs, maxAbsAt } = await locateExtremes(tensor, source)
  const help = 'The output will be NaN or garbage: convert the model again from a sound source.'
  if (firstNan !== undefined)
    findings.error('weight-nan', `${nan} NaN in the ${describe(tensor)}, the first at index ${firstNan}`, {
      ...at(tensor, firstNan),
      help,
    })
  if (firstInfinite !== undefined)
    findings.error(
      'weight-inf',
      `${infinite} infinite values in the ${describe(tensor)}, the first at index ${firstInfinite}`,
      { ...at(tensor, firstInfinite), help },
    )
  const largest = `the largest of the ${describe(tensor)} is ${maxAbs.toPrecision(3)}, at index ${maxAbsAt}`
  if (huge > 0) {
    const beyond = maxAbs > 65504 ? ', beyond float16 (65504)' : ''
    findings.warning('weight-huge', `${largest}${beyond}; ${huge} are huge`, at(tensor, maxAbsAt))
  } else if (stands) {
    findings.warning('weight-outlier', `${largest}, far from all others`, {
      ...at(tensor, maxAbsAt),
      help: 'A single bit of an exponent that flipped looks like this.',
    })
  }
}

/**
 * Weights around float16's smallest number were rounded to a few steps or to zero when the file was written.
 * Sparse weights have as many zeros, but their others are not small.
 */
function judgeUnderflow(tensor: StoredTensor, statistics: ValueStatistics, findings: FindingList): void {
  const { zeros, subnormal, count } = statistics
  if (tensor.format !== 'fp16' || tensor.role !== 'weight') return
  const lost = (zeros + subnormal) / count
  const median = medianExponent(statistics)
  if (lost < 0.25 || median === undefined || median > smallInFp16) return
  findings.error(
    'fp16-underflow',
    `${percent(lost)} of the ${describe(tensor)} are zero or denormal in float16 and the others are small, of about 2^${median}: their values were lost`,
    {
      ...at(tensor),
      help: 'Store this model in fp32 (pnnx fp16=0), or scale these weights up and the layer behind them down.',
    },
  )
}

async function judgeZeros(
  tensor: StoredTensor,
  { zeros, constant, count }: ValueStatistics,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const matters = tensor.role === 'weight' || tensor.role === 'scale'
  if (!matters || count < 2) return
  if (zeros === count) {
    findings.warning('weight-zero', `all ${describe(tensor)} are zero: the layer is dead`, {
      ...at(tensor),
      help: 'A part of the file that was never written looks like this.',
    })
    return
  }
  if (tensor.role !== 'weight') return
  if (constant && count >= 16)
    findings.info('weight-constant', `all ${describe(tensor)} are the same`, at(tensor))
  if (zeros < count / 8) return
  const channelSize = count / Math.max(1, tensor.channels)
  const { start, length } = await longestZeroRun(tensor, source)
  if (length < Math.max(1024, 4 * channelSize)) return
  findings.warning(
    'zero-channels',
    `${length} of the ${describe(tensor)} in a row are zero, from index ${start} on (${Math.floor(length / channelSize)} channels)`,
    { ...at(tensor, start), help: 'A part of the file that was never written looks like this.' },
  )
}

function at(tensor: StoredTensor, index = 0) {
  return { layer: tensor.layer, offset: tensor.offset + index * bytesPerValue[tensor.format] }
}

const plurals = { weight: 'weights', bias: 'biases', scale: 'scales', data: 'values' } as const

function describe({ count, role, layer }: StoredTensor): string {
  return `${count} ${plurals[role]} of '${layer}'`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`
}
