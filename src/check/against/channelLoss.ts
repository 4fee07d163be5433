import type { ValueFormat } from '../weights/StoredTensor.js'
import { type EngineWeight, smallestNormal } from './Comparand.js'
import { compareRow } from './rowSimilarity.js'

/** The help for what only the converted file lost. */
export const convertAgain =
  'The file was changed after the conversion, or the conversion lost them: convert again.'

/** What the channels of a weight were multiplied by, as far as the source does not say so. */
export interface ChannelScale {
  /** In the median of the channels that are alive; 1 for a sound weight. */
  readonly factor: number
  /** The middle 80 % of the channels' factors, from the lowest to the highest, as a share of the median. */
  readonly spread: number
}

export interface ChannelLoss {
  /** The channels that are alive in the source and zero, or next to it, here. */
  readonly lost: readonly number[]
  /** Power of the source's weights against that of what rounding to this format has lost of them, in dB. */
  readonly sqnrDb: number
  /** Undefined where a file holds steps, whose sizes are in another place. */
  readonly scale: ChannelScale | undefined
}

/** A channel far above the smallest normal number cannot have been lost by rounding. */
const farAbove = 64
/** No folding and no equalisation of channels scales one so much against the others. */
const shrunk = 1e-6

/**
 * Holds the lengths of channels against those of the source, each scaled by what is folded into it. `reference`
 * has the same layout as `values`. Channels that are dead in both, or die by what is folded in, are not lost.
 */
export function channelLoss(
  { channels, count, format, steps }: EngineWeight,
  values: Float32Array,
  reference: Float32Array,
  scales: Float32Array | undefined,
): ChannelLoss {
  const rowSize = count / channels
  const factor = scaleReader(scales, channels)
  const rows = Array.from({ length: channels }, (_, channel) => {
    const { ab, aa, bb } = compareRow(values, channel * rowSize, reference, channel * rowSize, rowSize)
    const source = Math.sqrt(bb / rowSize) * Math.abs(factor(channel))
    const likeness = aa > 0 && bb > 0 ? ab ** 2 / (aa * bb) : 0
    return {
      here: Math.sqrt(aa / rowSize),
      source,
      likeness,
      plain: ab / bb,
      folded: ab / bb / factor(channel),
    }
  })
  const isSteps = format === 'int8' && (steps?.every((step) => step === 1) ?? true)
  const scale = isSteps ? undefined : scaleOf(rows.filter(({ likeness }) => likeness > alike))
  const usual = usualRatio(rows)
  const lost: number[] = []
  let [power, error] = [0, 0]
  rows.forEach(({ here, source, likeness }, channel) => {
    const expected = source * usual
    power += expected ** 2
    error += expected ** 2 * (1 - likeness)
    if (isGone(here, expected, format)) lost.push(channel)
  })
  return {
    lost,
    sqnrDb: power > 0 ? -10 * Math.log10(error / power + 1e-40) : Number.POSITIVE_INFINITY,
    scale,
  }
}

/** Channels' factors spread by no more where a weight was scaled as a whole; rounding to 8 bits gives 2 %. */
export const evenSpread = 0.04

/** Squared cosine of a channel that can tell by what it was multiplied. */
const alike = 0.9

/**
 * With what is folded in or without it, as a converter may have left that where it was: the one by which all channels
 * were multiplied alike.
 */
function scaleOf(
  rows: readonly { readonly plain: number; readonly folded: number }[],
): ChannelScale | undefined {
  const folded = spreadOf(rows.map((row) => row.folded))
  const plain = spreadOf(rows.map((row) => row.plain))
  if (!folded || !plain) return folded ?? plain
  // Of two that are even, as where one factor is folded in, the one that leaves the weights as they were.
  const areEven = Math.max(folded.spread, plain.spread) < evenSpread
  const distance = ({ factor }: ChannelScale) => Math.abs(factor - 1)
  const isPlain = areEven ? distance(plain) < distance(folded) : plain.spread < folded.spread
  return isPlain ? plain : folded
}

function spreadOf(factors: readonly number[]): ChannelScale | undefined {
  const sorted = factors.filter(Number.isFinite).toSorted((a, b) => a - b)
  const factor = sorted[sorted.length >> 1]
  if (factor === undefined || factor === 0) return undefined
  const last = sorted.length - 1
  const [low, high] = [sorted[Math.floor(last * 0.1)]!, sorted[Math.ceil(last * 0.9)]!]
  return { factor, spread: (high - low) / Math.abs(factor) }
}

/**
 * What most channels were scaled by in a way that is not known. Where that is next to nothing, most channels are what
 * was lost.
 */
export function usualRatio(channels: readonly { readonly here: number; readonly source: number }[]): number {
  const ratios = channels.flatMap(({ here, source }) => (here > 0 && source > 0 ? [here / source] : []))
  const usual = median(ratios) ?? 1
  return usual < shrunk ? 1 : usual
}

/** Whether a channel of this length is zero, or next to it, where it should be of another that is far from it. */
export function isGone(here: number, expected: number, format: ValueFormat): boolean {
  const normal = smallestNormal[format]
  if (!(expected > farAbove * normal)) return false
  // int8 of ncnn are steps, whose size is in another place: only a channel without any is lost.
  return format === 'int8' ? here === 0 : here < normal || here < expected * shrunk
}

/** The factor of each channel; 1 where the factors are not of these channels. */
export function scaleReader(scales: Float32Array | undefined, channels: number): (channel: number) => number {
  if (scales?.length === 1) return () => scales[0]!
  return scales?.length === channels ? (channel) => scales[channel]! : () => 1
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
