import type { EngineWeight } from './Comparand.js'
import type { ChannelScale } from './channelLoss.js'
import type { SourceWeight } from './SourceWeight.js'

/** What came out of the comparison, weight by weight. */
export interface WeightComparison {
  readonly matched: readonly MatchedWeight[]
  readonly unmatched: readonly EngineWeight[]
  /** What the findings say, for those who branch on it: none is told in words alone. */
  readonly faults: readonly WeightFault[]
}

/** A weight that was found in the source. */
export interface MatchedWeight {
  readonly weight: EngineWeight
  readonly source: string
  readonly original: SourceWeight
  /** What it was multiplied by, beyond what converters fold in; undefined where steps are stored and not values. */
  readonly scale: ChannelScale | undefined
}

/** What a weight should hold by its source, in the ways that a converter may have written it, the likeliest first. */
export type Originals = () => Iterable<Float32Array>

/** How a weight is not the source's. */
export type WeightFault = {
  readonly weight: EngineWeight
  readonly source: string
  /** Each is as long as the weight; made anew at each call. */
  readonly originals: Originals
} & (
  | ({ readonly kind: 'shifted' } & Shift)
  /** `channels` of `of` are zero, or next to it; all of them where the layer is dead. */
  | { readonly kind: 'dead'; readonly channels: readonly number[]; readonly of: number }
  | { readonly kind: 'other-channels'; readonly first: number; readonly count: number; readonly of: number }
  | { readonly kind: 'transposed' }
  | { readonly kind: 'other' }
  /** It is `holds`, another weight of the source, in the place of this one. */
  | { readonly kind: 'exchanged'; readonly holds: string }
  /** The same values in another order; where it is not sure, a layout that is not known may have it. */
  | { readonly kind: 'reordered'; readonly isSure: boolean }
  /** Values of a weight that is the source's otherwise: findings of their own, whatever they are held against. */
  | { readonly kind: 'not-finite' }
  /** float16 has taken a share of its power. */
  | { readonly kind: 'underflow'; readonly sqnrDb: number }
)

export const nothingCompared: WeightComparison = { matched: [], unmatched: [], faults: [] }

/** `by` values or bytes, behind `row` channels that are right. */
export interface Shift {
  readonly by: number
  readonly unit: 'values' | 'bytes'
  readonly row: number
}

/** As messages say it: `1 value`, `2 bytes from channel 3 on`. */
export function shiftText({ by, unit, row }: Shift): string {
  const since = row > 0 ? ` from channel ${row} on` : ''
  return `${by} ${Math.abs(by) === 1 ? unit.slice(0, -1) : unit}${since}`
}
