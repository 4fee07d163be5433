import type { SourceValues } from '../against/SourceWeight.js'
import type { FindingList } from '../FindingList.js'
import { decodeValues, locateExtremes } from './decodeValues.js'
import { countFrom, gapBelowLargest } from './judgePeers.js'
import {
  bytesPerValue,
  describeTensor,
  percent,
  placeIn,
  type StoredTensor,
  type ValueStatistics,
} from './StoredTensor.js'
import { visitPieces, type WeightBytes } from './WeightFile.js'

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

/** What the first pass saw: `huge` values, or one that `stands` alone. */
interface Remarkable {
  readonly huge: number
  readonly stands: boolean
}

/**
 * NaN, Infinity, and the largest value; a second pass finds where they are. What the source model holds too, and
 * the constants of masks, are only remarks.
 */
async function judgeExtremes(
  tensor: StoredTensor,
  { huge, stands }: Remarkable,
  source: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<void> {
  const extremes = await locateExtremes(tensor, source)
  const { nan, firstNan, infinite, firstInfinite, maxAbs, maxAbsAt } = extremes
  const twin = sourceValues?.withExtremes(tensor, extremes)
  const isMeant = async (most: number) =>
    twin !== undefined || (nan === 0 && (await isMask(tensor, most, source)))
  const because = twin !== undefined ? `, as '${twin}' of the source model has` : ': a mask'
  const said = describeTensor(tensor)
  const help = 'The output will be NaN or garbage: convert the model again from a sound source.'
  if (firstNan !== undefined) {
    const message = `${nan} NaN in the ${said}, the first at index ${firstNan}`
    if (twin !== undefined) findings.info('weight-nan', message + because, placeIn(tensor, firstNan))
    else findings.error('weight-nan', message, { ...placeIn(tensor, firstNan), help })
  }
  if (firstInfinite !== undefined) {
    const message = `${infinite} infinite values in the ${said}, the first at index ${firstInfinite}`
    if (await isMeant(Number.POSITIVE_INFINITY))
      findings.info('weight-inf', message + because, placeIn(tensor, firstInfinite))
    else findings.error('weight-inf', message, { ...placeIn(tensor, firstInfinite), help })
  }
  if (huge === 0 && !stands) return
  const largest = `the largest of the ${said} is ${maxAbs.toPrecision(3)}, at index ${maxAbsAt}`
  const place = placeIn(tensor, maxAbsAt)
  if (await isMeant(maxAbs)) {
    if (huge > 0) findings.info('weight-huge', largest + because, place)
  } else if (huge > 0) {
    const beyond = maxAbs > 65504 ? ', beyond float16 (65504)' : ''
    findings.warning('weight-huge', `${largest}${beyond}; ${huge} are huge`, place)
  } else {
    findings.warning('weight-outlier', `${largest}, far from all others`, {
      ...place,
      help: 'A single bit of an exponent that flipped looks like this.',
    })
  }
}

/** A mask leaves out (-Infinity, the least float, -1e9) or keeps, sometimes in two strengths. */
const mostOthers = 2
/** A table of many values in which fewer are infinite has lost those, as by overflow in float16. */
const leastInfinite = 1 / 20

/**
 * Whether a constant is made to leave positions out: its extremes (those like the largest, `most`) are one value, and
 * there are two others at most, or the extremes are many and negative, as in a mask with a bias. What is beyond `most`
 * is left out: infinite values are judged by themselves, and so are the finite ones beside them.
 */
async function isMask(
  { role, format, offset, count }: StoredTensor,
  most: number,
  source: WeightBytes,
): Promise<boolean> {
  if (role !== 'data') return false
  const extremes = new Set<number>()
  const others = new Set<number>()
  let many = 0
  await visitPieces(source, offset, count * bytesPerValue[format], (piece) => {
    for (const value of decodeValues(piece, format)) {
      const size = Math.abs(value)
      if (size === most || (size > most / 2 && size < most)) {
        many++
        if (extremes.size <= 1) extremes.add(value)
      } else if (size < most && others.size <= mostOthers) others.add(value)
    }
  })
  const [extreme = 0, ...more] = extremes
  const isMany = many > 1 && (most < Number.POSITIVE_INFINITY || many >= count * leastInfinite)
  return more.length === 0 && (others.size <= mostOthers || (extreme < 0 && isMany))
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
    // Of two bytes each, a shift by one looks like a swap.
    const or = bytesPerValue[tensor.format] === 2 ? ', or start one byte later than they must' : ''
    findings.error('wrong-endianness', `the ${describeTensor(tensor)} are stored big-endian${or}`, {
      ...placeIn(tensor),
      help: 'Swap the bytes of each value, or convert the model on a little-endian machine.',
    })
    return true
  }
  if (cause !== undefined) {
    findings.error(
      'shifted-file',
      `the ${describeTensor(tensor)} start ${cause} bytes later than they must`,
      {
        ...placeIn(tensor),
        help: 'Bytes were inserted or lost before them: copy or convert the file again.',
      },
    )
    return true
  }
  if (impossible < tensor.count / 4) return false
  findings.error(
    'weight-garbage',
    `${percent(impossible / tensor.count)} of the ${describeTensor(tensor)} are NaN, Infinity or far too large`,
    { ...placeIn(tensor), help: 'These bytes are no weights of this type: convert the model again.' },
  )
  return true
}

type GarbageCause = 'byte order' | 1 | 2 | 3

const sampleValues = 16384

/**
 * Why values are impossible as weights: because each one's bytes are swapped, or because they start 1 to 3
 * bytes later than they are read. Undefined where no reading makes weights of them.
 */
async function explainGarbage(
  { offset, count, format }: StoredTensor,
  source: WeightBytes,
): Promise<GarbageCause | undefined> {
  const size = bytesPerValue[format]
  const piece = await source.piece(offset, Math.min(sampleValues, count) * size + size)
  const bytes = Buffer.from(piece)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % size))
  const swapped = Buffer.from(whole)
  if (size === 2) swapped.swap16()
  if (size === 4) swapped.swap32()
  if (areSane(decodeValues(swapped, format))) return 'byte order'
  const offsets = ([1, 2, 3] as const).filter((by) => by < size)
  return offsets.find((by) => areSane(decodeValues(bytes.subarray(by, whole.length - size + by), format)))
}

/** 99 % of trained weights are 0 or between 2^-40 and 2^10. */
function areSane(values: Float32Array): boolean {
  let sane = 0
  for (const value of values) {
    const size = Math.abs(value)
    if (size === 0 || (size > 2 ** -40 && size < 2 ** 10)) sane++
  }
  return values.length > 0 && sane > 0.99 * values.length
}

/** Tensors, and long runs inside them, that are zero. */
async function judgeZeros(
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

/** The longest run of zeros in a tensor: where it starts, in values, and how long it is. */
async function longestZeroRun(
  tensor: StoredTensor,
  source: WeightBytes,
): Promise<{ start: number; length: number }> {
  const { format, offset, count } = tensor
  let run = 0
  let longest = { start: 0, length: 0 }
  await visitPieces(source, offset, count * bytesPerValue[format], (piece, at) => {
    const values = decodeValues(piece, format)
    const base = at / bytesPerValue[format]
    for (let i = 0; i < values.length; i++) {
      run = values[i] === 0 ? run + 1 : 0
      if (run > longest.length) longest = { start: base + i - run + 1, length: run }
    }
  })
  return longest
}
