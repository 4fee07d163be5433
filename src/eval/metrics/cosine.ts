import { formatShape } from '../../format/numbers.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { dataError } from '../data/EvalSet.js'
import { bootstrapped } from './bootstrapped.js'
import type { Metric } from './Metric.js'

/** The mean over samples of the cosine between a candidate's output and the reference's. */
export const cosine: Metric = {
  name: 'cosine',
  needsReference: true,
  measure({ output, reference, name, model }) {
    const [own, other] = [float32Values(output), float32Values(reference!)]
    if (own.length === other.length) return cosineOf(own, other)
    throw dataError(
      `${name}: expected outputs of one size, received ${formatShape(output.shape)} of ${model} and ${formatShape(reference!.shape)} of the reference`,
      { help: 'Where a model has several outputs, --output names the one.' },
    )
  },
  summarise(measured, { set, seed }) {
    const values = measured as readonly (number | null)[]
    const known = values.flatMap((value) => (value === null ? [] : [value]))
    const least = known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b))
    return {
      metric: 'cosine',
      ...bootstrapped(known.length, (places) => meanOf(known, places), seed),
      count: known.length,
      details: {
        least,
        leastSample: least === null ? null : set.samples[values.indexOf(least)]!.name,
        undefined: values.length - known.length,
      },
    }
  },
}

/** Null where a vector is zero or holds what is no number. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  let [dot, ofA, ofB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    ofA += a[i]! * a[i]!
    ofB += b[i]! * b[i]!
  }
  const value = dot / (Math.sqrt(ofA) * Math.sqrt(ofB))
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null
}

/** Of the values at `places`; null of none. */
export function meanOf(values: readonly unknown[], places: Uint32Array): number | null {
  let sum = 0
  for (const place of places) sum += values[place] as number
  return places.length === 0 ? null : sum / places.length
}
