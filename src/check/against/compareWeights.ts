import type { FindingList } from '../FindingList.js'
import { judgeLoss } from '../weights/judgeUnderflow.js'
import { bytesPerValue, type ValueFormat } from '../weights/StoredTensor.js'
import { type EngineWeight, LeftOver, smallestNormal, toleranceOf } from './Comparand.js'
import { type ChannelLoss, channelLoss, convertAgain } from './channelLoss.js'
import { compareConstants } from './compareConstants.js'
import { explainShift } from './explainShift.js'
import { alikeEnough, findMatch, isAlike, type Match } from './matchWeight.js'
import { rowSimilarity } from './rowSimilarity.js'
import type { SourceWeight } from './SourceWeight.js'
import { originalsOf, sourceLayouts, wrongLayouts } from './sourceLayouts.js'
import {
  type MatchedWeight,
  type Shift,
  shiftText,
  type WeightComparison,
  type WeightFault,
} from './WeightComparison.js'

/**
 * Holds each weight against the source weights of its size, by the direction of its rows. What finds no partner
 * is compared once more with those that are left over, to say how it is wrong; constants only for what they lost.
 */
export async function compareWeights(
  weights: readonly EngineWeight[],
  constants: readonly EngineWeight[],
  sources: readonly SourceWeight[],
  findings: FindingList,
): Promise<WeightComparison> {
  const left = new LeftOver(sources)
  const matched: MatchedWeight[] = []
  const unmatched: EngineWeight[] = []
  const faults: WeightFault[] = []
  for (const weight of weights) {
    const values = await weight.values()
    const match =
      findMatch(weight, values, left.ofSize(weight.count)) ??
      findMatch(weight, values, left.takenOfSize(weight.count))
    if (match) {
      left.take(match.source)
      const loss = channelLoss(weight, values, match.reference, match.source.use.scales)
      matched.push({ weight, source: match.source.name, original: match.source, scale: loss.scale })
      faults.push(...(await reportUnlikeRows(weight, values, match, findings)))
      faults.push(...reportLoss(weight, loss, match, findings))
      if (!values.every(Number.isFinite))
        faults.push({ kind: 'not-finite', ...faultOf(weight, match.source, match.layout) })
    } else unmatched.push(weight)
  }
  await compareConstants(constants, left, findings)
  if (unmatched.length >= leastForAnother && areOfOtherSizes(unmatched, matched, left))
    findings.error(
      'weights-differ',
      `none of the ${weights.length} weights has the size of one of the source model's ${sources.length}`,
      {
        help: 'Give the model that this one was converted from: nothing of it can be compared with this one.',
      },
    )
  for (const weight of unmatched) faults.push(...(await explainUnmatched(weight, left, findings)))
  return { matched, unmatched, faults }
}

/** So many layers are not all made of others by a converter. */
const leastForAnother = 3

function areOfOtherSizes(
  unmatched: readonly EngineWeight[],
  matched: readonly MatchedWeight[],
  left: LeftOver,
): boolean {
  return matched.length === 0 && unmatched.every(({ count }) => left.ofSize(count).length === 0)
}

/** What every fault says of a weight. */
function faultOf(weight: EngineWeight, source: SourceWeight, layout?: number) {
  return { weight, source: source.name, originals: () => originalsOf(source, weight, layout) }
}

/** Most rows are right, or all are scaled by column as well: only a few that are not are damage. */
async function reportUnlikeRows(
  weight: EngineWeight,
  values: Float32Array,
  { source, reference, layout }: Match,
  findings: FindingList,
): Promise<readonly WeightFault[]> {
  const rowSize = weight.count / weight.channels
  const { rows, alike, firstUnlike } = rowSimilarity(values, reference, rowSize, toleranceOf(weight))
  if (firstUnlike === undefined || alike < alikeEnough * rows) return []
  const lag = explainShift(values, reference, {
    rowSize,
    tolerance: toleranceOf(weight),
    from: firstUnlike + 1,
  })
  if (lag) {
    const shift: Shift = { by: lag, unit: 'values', row: firstUnlike }
    reportShift(weight, source, shift, findings)
    return [{ kind: 'shifted', ...faultOf(weight, source, layout), ...shift }]
  }
  findings.error(
    'weights-differ',
    `${rows - alike} of ${rows} channels of '${weight.layer}' are not those of '${source.name}', the first is ${firstUnlike}`,
    { layer: weight.layer, offset: offsetOf(weight, firstUnlike * rowSize), help: convertAgain },
  )
  const [first, count] = [firstUnlike, rows - alike]
  return [{ kind: 'other-channels', ...faultOf(weight, source, layout), first, count, of: rows }]
}

function reportLoss(
  weight: EngineWeight,
  { lost, sqnrDb }: ChannelLoss,
  { source, layout }: Match,
  findings: FindingList,
): readonly WeightFault[] {
  const rowSize = weight.count / weight.channels
  const [first] = lost
  if (first === undefined) {
    const isLost = weight.format === 'fp16' && judgeLoss(weight, sqnrDb, findings)
    return isLost ? [{ kind: 'underflow', ...faultOf(weight, source, layout), sqnrDb }] : []
  }
  findings.error(
    'weights-differ',
    `${lost.length} of ${weight.channels} channels of '${weight.layer}' are zero, or next to it, and alive in '${source.name}', the first is ${first}`,
    { layer: weight.layer, offset: offsetOf(weight, first * rowSize), help: convertAgain },
  )
  return [{ kind: 'dead', ...faultOf(weight, source, layout), channels: lost, of: weight.channels }]
}

async function explainUnmatched(
  weight: EngineWeight,
  left: LeftOver,
  findings: FindingList,
): Promise<readonly WeightFault[]> {
  const place = { layer: weight.layer, offset: weight.offset }
  const candidates = left.ofSize(weight.count)
  const values = await weight.values()
  const isDead = values.every((value) => value === 0)
  const twin = candidates.find((source) => isDead === source.values().every((value) => value === 0))
  const source = twin ?? candidates[0]
  if (!source) {
    const message = `no weight of the source model has the size of those of '${weight.layer}' (${weight.count}): not compared`
    findings.info('weights-unmatched', message, place)
    return []
  }
  left.take(source)
  if (isDead) {
    if (twin) return []
    // What float16 cannot hold was lost by storing it, and by nobody's mistake in this layer.
    const isTooSmall = source.values().every((value) => Math.abs(value) < smallestNormal.fp16)
    if (weight.format === 'fp16' && isTooSmall) {
      judgeLoss(weight, 0, findings)
      return [{ kind: 'underflow', ...faultOf(weight, source), sqnrDb: 0 }]
    }
    findings.error(
      'weights-differ',
      `the weights of '${weight.layer}' are all zero, those of '${source.name}', the one of their size, are not`,
      { ...place, help: convertAgain },
    )
    const channels = Array.from({ length: weight.channels }, (_, channel) => channel)
    return [{ kind: 'dead', ...faultOf(weight, source), channels, of: weight.channels }]
  }
  const found = await findShift(weight, source)
  if (found !== undefined) {
    const { layout, ...shift } = found
    reportShift(weight, source, shift, findings)
    return [{ kind: 'shifted', ...faultOf(weight, source, layout), ...shift }]
  }
  if (isTransposed(weight, values, source)) {
    const message = `the weights of '${weight.layer}' are those of '${source.name}' transposed`
    findings.error('weights-differ', message, { ...place, help: convertAgain })
    return [{ kind: 'transposed', ...faultOf(weight, source) }]
  }
  const reordered = candidates.find((each) => isReordered(weight, values, each))
  if (reordered) {
    const what = `the weights of '${weight.layer}' are those of '${reordered.name}' in another order`
    // No converter is known that writes an order of its own and folds a batch norm in as well.
    const isSure = !sameValues(values, reordered.values(), weight.format)
    if (isSure) findings.error('weights-differ', what, { ...place, help: convertAgain })
    else findings.info('weights-unmatched', `${what}: not compared`, place)
    return [{ kind: 'reordered', ...faultOf(weight, reordered), isSure }]
  }
  if (isUncertain(weight, source)) {
    const what = `the weights of '${weight.layer}' are in none of the orders of '${source.name}' that are known`
    findings.info('weights-unmatched', `${what}: not compared`, place)
    return []
  }
  findings.error(
    'weights-differ',
    `the weights of '${weight.layer}' are not those of '${source.name}', the one of their size (${weight.count}), in any order`,
    { ...place, help: 'Was the model converted from this one? If so, convert it again.' },
  )
  return [{ kind: 'other', ...faultOf(weight, source) }]
}

function reportShift(
  { layer, offset }: EngineWeight,
  { name }: SourceWeight,
  shift: Shift,
  findings: FindingList,
): void {
  const help =
    'Values were inserted or lost: convert the model again. If your own reader made this file, it takes the tag for a weight.'
  findings.error(
    'weights-shifted',
    `the weights of '${layer}' are those of '${name}' shifted by ${shiftText(shift)}`,
    { layer, offset, help },
  )
}

/** Converters cut recurrent weights up and put them together in many ways; ncnn's recurrent layers keep them. */
function isUncertain({ layerType }: EngineWeight, { use }: SourceWeight): boolean {
  return use.rows === 'gates' && !/^(LSTM|GRU|RNN)$/.test(layerType)
}

function isTransposed(weight: EngineWeight, values: Float32Array, source: SourceWeight): boolean {
  for (const reference of wrongLayouts(source)) if (isAlike(weight, values, reference)) return true
  return false
}

/** Whole values are searched first, then bytes, then whole values behind rows that are right. */
async function findShift(
  weight: EngineWeight,
  source: SourceWeight,
): Promise<(Shift & { readonly layout: number }) | undefined> {
  const rowSize = weight.count / weight.channels
  const tolerance = toleranceOf(weight)
  const values = await weight.values()
  let layout = -1
  for (const reference of sourceLayouts(source, weight.layerType)) {
    layout++
    const by = explainShift(values, reference, { rowSize, tolerance })
    if (by) return { by, unit: 'values', row: 0, layout }
    const { firstUnlike = 0 } = rowSimilarity(values, reference, rowSize, tolerance)
    const later = explainShift(values, reference, { rowSize, tolerance, from: firstUnlike + 1 })
    if (later) return { by: later, unit: 'values', row: firstUnlike, layout }
    for (const bytes of weight.format === 'int8' ? [] : [1, 2, 3]) {
      const lag = explainShift(await weight.values(bytes), reference, { rowSize, tolerance })
      if (lag !== null)
        return { by: bytes + lag * bytesPerValue[weight.format], unit: 'bytes', row: 0, layout }
    }
  }
  return undefined
}

function offsetOf({ offset, format }: EngineWeight, index: number): number {
  return offset + index * bytesPerValue[format]
}

/**
 * Ten times the power of the rounding error, against that of the values. int8 is too coarse: any two bells of a
 * few thousand values are as near to each other once they are sorted.
 */
const rounding: Readonly<Record<ValueFormat, number>> = { fp32: 1e-12, fp16: 1e-6, bf16: 3e-5, int8: 0 }

function isReordered(weight: EngineWeight, values: Float32Array, source: SourceWeight): boolean {
  for (const original of originalsOf(source, weight)) {
    if (sameValues(values, original, weight.format)) return true
    // Its orders of gates hold the same.
    if (source.use.rows === 'gates') return false
  }
  return false
}

/** Whether both hold the same values up to rounding, in whatever order. */
function sameValues(a: Float32Array, b: Float32Array, format: ValueFormat): boolean {
  if (a.length !== b.length) return false
  const [sortedA, sortedB] = [a.toSorted(), b.toSorted()]
  let [error, power] = [0, 0]
  for (let i = 0; i < sortedA.length; i++) {
    error += (sortedA[i]! - sortedB[i]!) ** 2
    power += sortedB[i]! ** 2
  }
  return error < rounding[format] * power
}
