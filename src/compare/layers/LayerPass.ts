import type { PartErrors } from '../PartError.js'
import type { QuickError } from '../quickError.js'
import type { BlobGraph } from './BlobGraph.js'
import type { ChannelDamage } from './channelDamage.js'
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
