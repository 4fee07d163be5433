import { describeParts, type FailedParts, failedParts, type PartRule, partRules } from '../partRules.js'
import type { JudgedPrecision } from '../passRules.js'
import type { ChannelDamage } from './channelDamage.js'
import type { Divergence, LayerComparison } from './LayerComparison.js'
import { type LayerPass, medianDb } from './LayerPass.js'
import { type LayerFloor, layerFloors } from './layerFloors.js'

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
