import { TwinferError, type TwinferErrorDetails } from '../../errors/TwinferError.js'
import type { InputSource } from '../../preprocess/sidecar/ModelRecord.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { randomNumbers } from '../statistics.js'

/** The number of a class, a class for each pixel, or nothing. */
export type Label = number | Tensor | undefined

/** What one run is fed: a picture or sound for the sidecar, or arrays by input; '' where there is one input only. */
export type SampleContent =
  | { readonly source: InputSource; readonly inputs?: undefined }
  | { readonly inputs: Readonly<Record<string, Tensor>>; readonly source?: undefined }

export interface EvalSample {
  /** As people find it again: its file, or its place in an array. */
  readonly name: string
  /** Reads the input; called once for each evaluation of the sample. */
  read(): Promise<SampleContent>
  /** The label; a mask is read when it is asked for. */
  label(): Promise<Label>
}

/** Two samples by their places, and whether they are of the same class. */
export interface EvalPair {
  readonly a: number
  readonly b: number
  readonly same: boolean
}

/** A data set: what is run, and what should come of it. */
export interface EvalSet {
  readonly path: string
  readonly kind: 'folder' | 'table' | 'arrays'
  readonly samples: readonly EvalSample[]
  /** Of a table of pairs. */
  readonly pairs?: readonly EvalPair[] | undefined
  /** Names of the classes by number, where the set says them. */
  readonly classes?: readonly string[] | undefined
  /** The classes were numbered in the order of their names, because nothing else says which is which. */
  readonly isNumberedByName?: boolean | undefined
  /** SHA-256 of what tells this set from another: names and labels, and the content of arrays. */
  readonly digest: string
  readonly notes: readonly string[]
}

/**
 * At most `limit` samples, drawn at random so that a set that is sorted by class stays mixed, in the order of the set.
 * Of pairs the samples of the first so many drawn pairs.
 */
export function limitSet(set: EvalSet, limit: number | undefined, seed: number): EvalSet {
  const { samples, pairs } = set
  const count = pairs?.length ?? samples.length
  if (limit === undefined || limit >= count) return set
  const drawn = drawPlaces(count, limit, seed)
  if (pairs === undefined) return { ...set, samples: drawn.map((place) => samples[place]!) }
  const kept = drawn.map((place) => pairs[place]!)
  const used = [...new Set(kept.flatMap(({ a, b }) => [a, b]))].sort((a, b) => a - b)
  const places = new Map(used.map((old, place) => [old, place]))
  return {
    ...set,
    samples: used.map((place) => samples[place]!),
    pairs: kept.map(({ a, b, same }) => ({ a: places.get(a)!, b: places.get(b)!, same })),
  }
}

/** `wanted` of the places below `count`, in their order. */
function drawPlaces(count: number, wanted: number, seed: number): readonly number[] {
  const random = randomNumbers(seed)
  const places = Array.from({ length: count }, (_, place) => place)
  for (let i = 0; i < wanted; i++) {
    const other = i + Math.floor(random() * (count - i))
    ;[places[i], places[other]] = [places[other]!, places[i]!]
  }
  return places.slice(0, wanted).sort((a, b) => a - b)
}

/** A fault of a data set. */
export function dataError(message: string, details: TwinferErrorDetails = {}): TwinferError {
  return new TwinferError('TWINFER_DATA_INVALID', message, details)
}
