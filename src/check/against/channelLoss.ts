import type { ValueFormat } from '../weights/StoredTensor.js'
import { type EngineWeight, smallestNormal } from './Comparand.js'
import { compareRow } from './rowSimilarity.js'

/** The help for what only the converted file lost. */
export const convertAgain =
  'The file was changed after the conversion, or the conversion lost them: convert again.'

interface ChannelLoss {
  /** The channels that are alive in the source and zero, or next to it, here. */
  readonly lost: readonly number[]
  /** Power of the source's weights against that of what rounding to this format has lost of them, in dB. */
  readonly sqnrDb: number
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
  { channels, count, format }: EngineWeight,
  values: Float32Array,
  reference: Float32Array,
  scales: Float32Array | undefined,
): ChannelLoss {
  const rowSize = count / channels
  const factor = scaleReader(scales, channels)
  const rows = Array.from({ length: channels }, (_, channel) => {
    const { ab, aa, bb } = compareRow(values, channel * rowSize, reference, channel * rowSize, rowSize)
    const source = Math.sqrt(bb / rowSize) * factor(channel)
    return { here: Math.sqrt(aa / rowSize), source, likeness: aa > 0 && bb > 0 ? ab ** 2 / (aa * bb) : 0 }
  })
  const usual = usualRatio(rows)
  const lost: number[] = []
  let [power, error] = [0, 0]
  rows.forEach(({ here, source, likeness }, channel) => {
    const expected = source * usual
    power += expected ** 2
    error += expected ** 2 * (1 - likeness)
    if (isGone(here, expected, format)) lost.push(channel)
  })
  return { lost, sqnrDb: power > 0 ? -10 * Math.log10(error / power + 1e-40) : Number.POSITIVE_INFINITY }
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

function scaleReader(scales: Float32Array | undefined, channels: number): (channel: number) => number {
  if (scales?.length === 1) return () => Math.abs(scales[0]!)
  return scales?.length === channels ? (channel) => Math.abs(scales[channel]!) : () => 1
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
