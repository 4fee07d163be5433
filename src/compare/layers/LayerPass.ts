import { powerRatioDb } from '../../format/numbers.js'
import type { QuickError } from '../measure/measure.js'
import type { PartErrors } from '../measure/PartReader.js'
import type { BlobGraph } from './BlobGraph.js'
import type { RecordedTensor } from './RecordedReference.js'

/** What one run of the candidate showed of a blob. */
export interface PassedBlob {
  readonly blob: string
  readonly shape: readonly number[]
  /** The reference's tensor: by value, or only assumed to be it. */
  readonly match?: RecordedTensor | undefined
  readonly assumed: boolean
  readonly error?: QuickError
  /** Only where the error is large. */
  readonly damage?: ChannelDamage | undefined
  /** Only on the reference's inputs. */
  readonly parts?: PartErrors | undefined
  /** Only of blobs that match nothing. */
  readonly sample?: Float32Array
}

/** One run of the candidate, layer by layer. */
export class LayerPass {
  readonly graph: BlobGraph
  readonly blobs: ReadonlyMap<string, PassedBlob>
  /** Least own SQNR, in dB, of a layer that works. */
  readonly #soundDb: number

  constructor(graph: BlobGraph, blobs: readonly PassedBlob[]) {
    this.graph = graph
    this.blobs = new Map(blobs.map((passed) => [passed.blob, passed]))
    this.#soundDb = Math.min(60, medianDb(blobs.map(({ error }) => error)) - 20)
  }

  get matches(): ReadonlyMap<string, RecordedTensor> {
    return new Map(
      [...this.blobs.values()].flatMap(({ blob, match }) => (match ? [[blob, match] as const] : [])),
    )
  }

  isMatched(blob: string): boolean {
    return this.blobs.get(blob)?.match !== undefined
  }

  /** It came out as the reference's, so what it was fed with was right. */
  isSound(blob: string): boolean {
    const passed = this.blobs.get(blob)
    return passed?.assumed === false && (passed.error?.sqnrDb ?? -Infinity) >= this.#soundDb
  }
}

/** Of the layers that compute something; layers that only move values are exact. */
export function medianDb(errors: readonly (QuickError | null | undefined)[]): number {
  const values = errors
    .flatMap((error) => error?.sqnrDb ?? [])
    .filter((sqnrDb) => sqnrDb < 200)
    .sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? Infinity
}

/** The channels of a layer's output that are off while the others are not. */
export interface ChannelDamage {
  readonly channels: readonly number[]
  readonly count: number
  /** SQNR of the other channels, in dB. */
  readonly othersDb: number
}

/** A channel is off where its error is this many times the median channel's … */
const timesMedian = 100
/** … and more than -70 dB of the tensor's power. */
const leastShare = 1e-7

/**
 * Which channels are damaged, along the axis where it is fewest: the outermost dimension, and of a matrix (tokens
 * by features) also the innermost. Leading dimensions of 1 are no axis.
 */
export function channelDamage(
  reference: Float32Array,
  candidate: Float32Array,
  shape: readonly number[],
): ChannelDamage {
  const start = shape.findIndex((size) => size !== 1)
  const sizes = start < 0 ? [1] : shape.slice(start)
  const outer = along(reference, candidate, sizes[0]!, reference.length / sizes[0]!)
  if (sizes.length !== 2) return outer
  const inner = along(reference, candidate, sizes[1]!, 1)
  return share(inner) < share(outer) ? inner : outer
}

function share({ channels, count }: ChannelDamage): number {
  return channels.length === 0 ? 1 : channels.length / count
}

/** `count` channels; an element's channel is `floor(position / stride) % count`. */
function along(a: Float32Array, b: Float32Array, count: number, stride: number): ChannelDamage {
  const errors = new Float64Array(count)
  let power = 0
  for (let i = 0; i < a.length; i++) {
    const channel = Math.floor(i / stride) % count
    if (Number.isFinite(a[i])) power += a[i]! * a[i]!
    if (Object.is(a[i], b[i])) continue
    const difference = b[i]! - a[i]!
    errors[channel]! += Number.isFinite(difference) ? difference * difference : Infinity
  }
  const median = [...errors].sort((x, y) => x - y)[Math.floor(count / 2)]!
  const limit = Math.max(timesMedian * median, (leastShare * power) / count)
  const isOff = (error: number) => error > limit
  const channels = [...errors.keys()].filter((channel) => isOff(errors[channel]!))
  const others = errors.filter((error) => !isOff(error)).reduce((sum, error) => sum + error, 0)
  return { channels, count, othersDb: powerRatioDb(power, others) }
}
