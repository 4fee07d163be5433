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

/** Elements that are looked at to find out what is worth a closer look, of all samples together. */
const screened = 2048
const mostSamples = 4

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

  /** Dimensions along which groups lie: those of more than 1. */
  get axes(): readonly number[] {
    const { shape } = this.pairs[0]!.reference
    return [...shape.keys()].filter((axis) => shape[axis]! > 1)
  }

  /** Spread over the output, the same ones every time. */
  chooseAny(): Choice {
    const chosen = this.targets.slice(0, mostSamples)
    const each = Math.ceil(screened / chosen.length)
    return { axis: null, size: 1, positions: chosen.map(({ length }) => spread(length, each)) }
  }

  /** Whole groups along a dimension, spread likewise. */
  chooseGroups(axis: number): Choice {
    const samples = this.pairs.slice(0, mostSamples)
    const size = samples[0]!.reference.shape[axis]!
    const each = Math.max(1, Math.ceil(screened / samples.length / size))
    return {
      axis,
      size,
      positions: samples.map(({ reference }) => groupPositions(reference.shape, axis, each)),
    }
  }

  /** Every element, in groups along a dimension or as it comes. */
  chooseAll(axis: number | null): Choice {
    const size = axis === null ? 1 : this.pairs[0]!.reference.shape[axis]!
    const positions = this.pairs.map(({ reference: { shape, length } }) =>
      axis === null ? spread(length, length) : groupPositions(shape, axis, length),
    )
    return { axis, size, positions }
  }

  targetsOf({ positions }: Choice): Float64Array {
    return joined(positions.map((at, i) => Float64Array.from(at, (index) => this.targets[i]![index]!)))
  }

  /** The candidate's values for the chosen elements; `unknown` where they were lost. */
  gather(reading: string, decoder: string, { positions }: Choice): Float64Array {
    return joined(
      positions.map((at, i) => {
        const { values, lost } = this.#readings[i]!.get(reading)!
        const layout = this.#decoders[i]!.get(decoder)!
        return Float64Array.from(at, (index) => {
          const place = layout.at(index)
          return place >= 0 && place < values.length && !lost?.[place] ? values[place]! : unknown
        })
      }),
    )
  }

  /** The index along a dimension of each chosen element; 0 for all where there is none. */
  channelsOf({ positions }: Choice, axis: number | null): Int32Array {
    const channels = new Int32Array(positions.reduce((sum, { length }) => sum + length, 0))
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
  if (length <= count) return Int32Array.from({ length }, (_, i) => i)
  let state = 1
  return Int32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(((i + state / 2 ** 32) * length) / count)
  })
}

/** The elements of `count` groups along a dimension, group by group. */
function groupPositions(shape: readonly number[], axis: number, count: number): Int32Array {
  const size = shape[axis]!
  const inner = elementsOf(shape.slice(axis + 1))
  const groups = spread(elementsOf(shape) / size, count)
  const positions = new Int32Array(groups.length * size)
  for (let g = 0; g < groups.length; g++) {
    const start = Math.floor(groups[g]! / inner) * size * inner + (groups[g]! % inner)
    for (let i = 0; i < size; i++) positions[g * size + i] = start + i * inner
  }
  return positions
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
