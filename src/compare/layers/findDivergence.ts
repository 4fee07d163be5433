import { describeParts, type FailedParts, failedParts, type PartRule, partRules } from '../judge/partRules.js'
import type { JudgedPrecision } from '../judge/passRules.js'
import type { Divergence, LayerComparison } from './LayerComparison.js'
import { type ChannelDamage, type LayerPass, medianDb } from './LayerPass.js'

/** Below this, layers do not compute in fp32 (or with fp32 weights), and an output is not as good as fp32's. */
const fp32Db = 85
const differentDb = 40
/** No more damaged channels than this share, or a single one, are a few. */
const fewShare = 0.25

/** Least factor by which a channel of a small scale is off: a layer's own has none but what it lost. */
const leastSmallFactor = 3

const noChannels: ChannelDamage = { channels: [], count: 0, othersDb: -Infinity }

/** The first layer that is worse than its precision allows; else what makes all of them differ; else null. */
export function findDivergence(
  layers: readonly LayerComparison[],
  isolated: LayerPass,
  precision: JudgedPrecision,
): Divergence | null {
  const median = medianDb(layers.map(({ own }) => own))
  const broken = layers.find(
    ({ own }) => own !== null && isBroken(own.sqnrDb, median, layerFloors[precision]),
  )
  if (broken) return brokenLayer(broken, isolated, median)
  for (const layer of layers) {
    const { parts = null } = isolated.blobs.get(layer.blob) ?? {}
    const compared = { parts, shape: layer.shape, referenceMaxAbs: 1 }
    // Between layers no value is a probability, so that only the share of the power counts.
    const failed = failedParts(compared, layerPartRule(precision), Number.POSITIVE_INFINITY)
    if (failed) return brokenParts(layer, failed)
  }
  return spread(layers, median, precision) ?? wrongInput(layers, median)
}

/** A channel that batch-norm switched off has weights which fp16 flushes: nothing that follows sees it. */
function layerPartRule(precision: JudgedPrecision): PartRule {
  const rule = partRules[precision]
  return { ...rule, smallFactor: Math.max(leastSmallFactor, rule.smallFactor) }
}

function isBroken(
  sqnrDb: number | null,
  median: number,
  { brokenDb, floorDb, belowMedianDb }: LayerFloor,
): boolean {
  if (sqnrDb === null || sqnrDb < brokenDb) return true
  return sqnrDb < floorDb && sqnrDb < median - belowMedianDb
}

function brokenLayer(layer: LayerComparison, isolated: LayerPass, median: number): Divergence {
  const { channels, count, othersDb } = isolated.blobs.get(layer.blob)?.damage ?? noChannels
  const areOthersSound = othersDb >= Math.min(differentDb, median - 20)
  const few = areOthersSound && channels.length > 0 && channels.length <= Math.max(1, fewShare * count)
  const own = layer.own!.sqnrDb === null ? 'NaN or Infinity' : inDb(layer.own!.sqnrDb)
  const where = few ? ` in ${channels.length} of ${count} channels` : ''
  return {
    ...placeOf(layer),
    damage: few ? 'few-channels' : 'whole-layer',
    ...(few && { channels }),
    reason: `on the reference's inputs this layer alone gives ${own}${where}; the median layer gives ${inDb(median)}`,
  }
}

/** The layer's own number is as good as any: what is wrong in it is too small to show there. */
function brokenParts(layer: LayerComparison, parts: FailedParts): Divergence {
  const { axis, of, indices, worst } = parts
  const channels = layer.shape.findIndex((size) => size !== 1)
  const few = axis === channels && indices.length <= Math.max(1, fewShare * of)
  const reason =
    `on the reference's inputs this layer gives ${inDb(layer.own!.sqnrDb!)} as a whole, but ` +
    `${describeParts(parts)} (${inDb(worst.sqnrDb)} there)`
  return {
    ...placeOf(layer),
    damage: few ? 'few-channels' : 'whole-layer',
    ...(few && { channels: indices }),
    reason,
  }
}

function spread(
  layers: readonly LayerComparison[],
  median: number,
  precision: JudgedPrecision,
): Divergence | null {
  const low = layers.filter(({ own }) => own !== null && (own.sqnrDb ?? 0) < fp32Db)
  // A few approximated functions (exp, GELU) are below it in fp32 too.
  if (!low[0] || (precision === 'fp32' && median >= fp32Db)) return null
  const lowMedian = inDb(medianDb(low.map(({ own }) => own)))
  const reason =
    `no layer is worse than its precision allows; ${low.length} of ${layers.length} lose ` +
    `what rounding costs, ${lowMedian} in their median`
  return { ...placeOf(low[0]), damage: 'spread', reason }
}

function wrongInput(layers: readonly LayerComparison[], median: number): Divergence | null {
  const first = layers.find(({ accumulated }) => accumulated !== null)
  if (!first || (first.accumulated!.sqnrDb ?? -Infinity) >= differentDb) return null
  const reason =
    `every layer is right on the reference's inputs (${inDb(median)} in the median), but the first one ` +
    `already differs as it ran: the model was given another input`
  return { ...placeOf(first), damage: 'input', reason }
}

function placeOf({
  index,
  name,
  type,
  blob,
}: LayerComparison): Pick<Divergence, 'index' | 'name' | 'type' | 'blob'> {
  return { index, name, type, blob }
}

function inDb(decibels: number): string {
  return Number.isFinite(decibels) ? `${decibels.toFixed(1)} dB` : 'no error'
}

interface LayerFloor {
  /** A layer's own SQNR below which it is broken, whatever the others do. */
  readonly brokenDb: number
  /** Below this it is suspicious … */
  readonly floorDb: number
  /** … and broken where it is also this far below the median of all layers. */
  readonly belowMedianDb: number
}

/**
 * For one layer on the reference's inputs, so nothing accumulates. fp32 kernels differ by 90 to 140 dB, and
 * approximated functions (exp, GELU, softmax in MNN) reach 70 to 80. A value that is rounded once loses 74 dB in
 * fp16 and 56 dB in bf16; a layer rounds its inputs, its weights and its outputs, and fp16 sums of K terms come
 * down to 43 dB at K = 4608. int8 gives 41 dB at best, and calibrated scales cut off the largest values.
 * Fewer bits lose 6 dB each (see passRules). Cancellation (a mean that is subtracted) can cost another 20 dB: hence the distance to the median.
 */
const layerFloors: Readonly<Record<JudgedPrecision, LayerFloor>> = {
  fp32: { brokenDb: 40, floorDb: 60, belowMedianDb: 30 },
  fp16: { brokenDb: 15, floorDb: 35, belowMedianDb: 20 },
  'fp16-storage': { brokenDb: 20, floorDb: 45, belowMedianDb: 20 },
  'fp16-weights': { brokenDb: 20, floorDb: 45, belowMedianDb: 20 },
  bf16: { brokenDb: 10, floorDb: 30, belowMedianDb: 18 },
  int8: { brokenDb: 3, floorDb: 15, belowMedianDb: 15 },
  int7: { brokenDb: 3, floorDb: 15, belowMedianDb: 15 },
  int6: { brokenDb: 3, floorDb: 14, belowMedianDb: 15 },
  int5: { brokenDb: 2, floorDb: 10, belowMedianDb: 15 },
  int4: { brokenDb: 0, floorDb: 6, belowMedianDb: 15 },
  int3: { brokenDb: -3, floorDb: 0, belowMedianDb: 15 },
  int2: { brokenDb: -6, floorDb: -3, belowMedianDb: 15 },
}
