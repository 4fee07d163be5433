import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { type LayoutDecoder, layoutDecoders } from '../decoders.js'
import { type Reading, readingsOf } from '../readings.js'
import { unknown } from './fit.js'

/** One output of the reference and of the candidate, for one input. */
export interface OutputPair {
  readonly name: string
  readonly reference: Tensor
  readonly candidate: Tensor
}

const mostSamples = 4
const mostRanked = 2 ** 16
const mostFar = 512

/** Which elements are looked at, in groups of `size` along a dimension of the reference; in groups of 1: any. */
export interface Choice {
  readonly axis: number | null
  readonly size: number
  /** Indices in C order of the reference, for each sample. */
  readonly positions: readonly Int32Array[]
}

/**
 * All samples of one output, decoded together: what was done to one of them was done to all. Readings and decoders
 * are known by their keys, since every sample has its own.
 */
export class OutputSamples {
  readonly pairs: readonly OutputPair[]
  readonly targets: readonly Float64Array[]
  readonly #far = new Map<number, Int32Array>()
  readonly #readings: readonly ReadonlyMap<string, Reading>[]
  readonly #decoders: readonly ReadonlyMap<string, LayoutDecoder>[]

  constructor(pairs: readonly OutputPair[]) {
    this.pairs = pairs
    this.targets = pairs.map(({ reference }) => Float64Array.from(float32Values(reference)))
    this.#readings = pairs.map(
      ({ candidate }) => new Map(readingsOf(candidate).map((reading, i) => [readingKey(reading, i), reading])),
    )
    this.#decoders = this.#decodersByShape()
  }

  /** The plain reading first; those that every sample has. */
  get readings(): readonly (readonly [string, Reading])[] {
    return [...this.#readings[0]!].filter(([key]) => this.#readings.every((found) => found.has(key)))
  }

  /** The plain one first; those that every sample has. */
  get decoders(): readonly (readonly [string, LayoutDecoder])[] {
    return [...this.#decoders[0]!].filter(([key]) => this.#decoders.every((found) => found.has(key)))
  }

  /** Whether more elements were read than the output has, or fewer. */
  get hasOtherLength(): boolean {
    return this.pairs.some(({ reference, candidate }) => reference.length !== candidate.length)
  }

  /** Whether the reference's values are whole numbers by type: labels, and nothing between them. */
  get areWhole(): boolean {
    return this.pairs.every(({ reference: { dtype } }) => !dtype.includes('float'))
  }

  /** Dimensions along which groups lie: those of more than 1. */
  get axes(): readonly number[] {
    const { shape } = this.pairs[0]!.reference
    return [...shape.keys()].filter((axis) => shape[axis]! > 1)
  }

  /** About `count` elements of all samples: half of them spread, half those that say most. The same every time. */
  chooseAny(count: number): Choice {
    const chosen = this.pairs.slice(0, mostSamples)
    const each = Math.ceil(count / chosen.length)
    const positions = chosen.map(({ reference }, i) => this.#telling(i, reference.length, each, (index) => index))
    return { axis: null, size: 1, positions }
  }

  /** Whole groups along a dimension, chosen likewise. */
  chooseGroups(axis: number, count: number): Choice {
    const chosen = this.pairs.slice(0, mostSamples)
    const size = chosen[0]!.reference.shape[axis]!
    const each = Math.max(1, Math.ceil(count / chosen.length / size))
    const positions = chosen.map(({ reference: { shape, length } }, i) => {
      const inner = elementsOf(shape.slice(axis + 1))
      const groupOf = (index: number) => Math.floor(index / (size * inner)) * inner + (index % inner)
      return groupPositions(shape, axis, this.#telling(i, length / size, each, groupOf))
    })
    return { axis, size, positions }
  }

  /** Every element, in groups along a dimension or as it comes. */
  chooseAll(axis: number | null): Choice {
    const size = axis === null ? 1 : this.pairs[0]!.reference.shape[axis]!
    const positions = this.pairs.map(({ reference: { shape, length } }) =>
      axis === null ? spread(length, length) : groupPositions(shape, axis, spread(length / size, length)),
    )
    return { axis, size, positions }
  }

  targetsOf({ positions }: Choice): Float64Array {
    const values = new Float64Array(lengthOf(positions))
    let to = 0
    for (const [i, indices] of positions.entries()) {
      const target = this.targets[i]!
      for (const index of indices) values[to++] = target[index]!
    }
    return values
  }

  /** Where the chosen elements are among what was read; see `LayoutDecoder.at`. */
  placesOf(decoder: string, { positions }: Choice): readonly Int32Array[] {
    return positions.map((indices, i) => {
      const layout = this.#decoders[i]!.get(decoder)!
      const places = new Int32Array(indices.length)
      for (let j = 0; j < places.length; j++) places[j] = layout.at(indices[j]!)
      return places
    })
  }

  /**
   * The candidate's values at these places; `unknown` where they were lost.
   *
   * @param found where to write them: thousands of guesses need not have an array each.
   */
  valuesAt(
    reading: string,
    places: readonly Int32Array[],
    found: Float64Array = new Float64Array(lengthOf(places)),
  ): Float64Array {
    let to = 0
    for (const [i, at] of places.entries()) {
      const { values, lost } = this.#readings[i]!.get(reading)!
      for (const place of at) {
        const isKnown = place >= 0 && place < values.length && !(lost && lost[place] === 1)
        found[to++] = isKnown ? values[place]! : unknown
      }
    }
    return found
  }

  /** The index along a dimension of each chosen element; 0 for all where there is none. */
  channelsOf({ positions }: Choice, axis: number | null): Int32Array {
    const channels = new Int32Array(lengthOf(positions))
    if (axis === null) return channels
    let at = 0
    for (const [i, indices] of positions.entries()) {
      const { shape } = this.pairs[i]!.reference
      const inner = elementsOf(shape.slice(axis + 1))
      for (const index of indices) channels[at++] = Math.floor(index / inner) % shape[axis]!
    }
    return channels
  }

  /** How many indices a dimension has; 1 where there is none. The samples agree in it, or lines make no sense. */
  channelCount(axis: number | null): number {
    return axis === null ? 1 : Math.max(...this.pairs.map(({ reference: { shape } }) => shape[axis] ?? 1))
  }

  reading(key: string): Reading {
    return this.#readings[0]!.get(key)!
  }

  decoder(key: string): LayoutDecoder {
    return this.#decoders[0]!.get(key)!
  }

  /** Of `length` things, up to `count`: spread over all, and those with the elements farthest from the mean. */
  #telling(sample: number, length: number, count: number, thingOf: (index: number) => number): Int32Array {
    if (length <= count) return spread(length, count)
    const far = this.#farthest(sample).subarray(0, Math.ceil(count / 2))
    const things = new Set([...spread(length, Math.ceil(count / 2)), ...[...far].map(thingOf)])
    return Int32Array.from(things)
  }

  /** The elements farthest from the mean, the farthest first. */
  #farthest(sample: number): Int32Array {
    const known = this.#far.get(sample)
    if (known) return known
    const target = this.targets[sample]!
    const mean = target.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0) / target.length
    const distance = (index: number) => {
      const value = Math.abs(target[index]! - mean)
      return Number.isFinite(value) ? value : -1
    }
    // Of a large output one in every few is ranked.
    const ranked = spread(target.length, mostRanked).sort((a, b) => distance(b) - distance(a) || a - b)
    const found = ranked.slice(0, mostFar)
    this.#far.set(sample, found)
    return found
  }

  #decodersByShape(): readonly ReadonlyMap<string, LayoutDecoder>[] {
    const known = new Map<string, ReadonlyMap<string, LayoutDecoder>>()
    return this.pairs.map(({ reference: { shape, layout } }) => {
      const key = `${shape.join()} ${layout}`
      const found =
        known.get(key) ?? new Map(layoutDecoders(shape, layout).map((decoder, i) => [decoderKey(decoder, i), decoder]))
      known.set(key, found)
      return found
    })
  }
}

/** Of the reading and the decoder that change nothing. */
export const plain = 'plain'

function readingKey({ held, readAs, note }: Reading, index: number): string {
  return index === 0 ? plain : `${held} ${readAs} ${note.replace(/[\d.e+-]+/g, '')}`
}

function decoderKey({ held, readAs }: LayoutDecoder, index: number): string {
  return index === 0 ? plain : `${held} ${readAs}`
}

/** About `count` of `length` indices in order, one in each of as many stretches, not evenly: no column is met only. */
function spread(length: number, count: number): Int32Array {
  if (length <= count) return new Int32Array(length).map((_, i) => i)
  let state = 1
  const chosen = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    chosen[i] = Math.floor(((i + state / 2 ** 32) * length) / count)
  }
  return chosen
}

/** The elements of groups along a dimension, group by group. */
function groupPositions(shape: readonly number[], axis: number, groups: Int32Array): Int32Array {
  const size = shape[axis]!
  const inner = elementsOf(shape.slice(axis + 1))
  const positions = new Int32Array(groups.length * size)
  for (let g = 0; g < groups.length; g++) {
    const start = Math.floor(groups[g]! / inner) * size * inner + (groups[g]! % inner)
    for (let i = 0; i < size; i++) positions[g * size + i] = start + i * inner
  }
  return positions
}

function lengthOf(parts: readonly Int32Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}
