import { float32Values } from '../../tensor/convertTensor.js'
import { dataError, type EvalPair, type EvalSet } from '../data/EvalSet.js'
import { bootstrapped, bootstrappedDifference } from './bootstrapped.js'
import { cosineOf } from './cosine.js'
import type { Measured, Metric } from './Metric.js'

interface Embedded {
  /** Base64 of 32-bit floats: nothing is lost on the way through a file. */
  readonly embedding: string
  readonly label: number | null
}

interface Trial {
  readonly score: number
  readonly same: boolean
}

/**
 * The rate at which a verification by the cosine of two embeddings takes as many strangers for the same as it takes the
 * same for strangers. Over the pairs of the set or, where it has labels, over all pairs of its samples.
 */
export const eer: Metric = {
  name: 'eer',
  isLowerBetter: true,
  measure({ output, label }): Embedded {
    const { buffer, byteOffset, byteLength } = Float32Array.from(float32Values(output))
    const embedding = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
    return { embedding, label: typeof label === 'number' ? label : null }
  },
  summarise(measured, { set, seed }) {
    const trials = trialsOf(measured, set)
    const found = equalErrorOf(trials)
    return {
      metric: 'eer',
      ...bootstrapped(trials.length, rateOf(trials), seed),
      count: trials.length,
      details: {
        threshold: found?.threshold ?? null,
        same: trials.filter(({ same }) => same).length,
        other: trials.filter(({ same }) => !same).length,
      },
    }
  },
  differ(reference, candidate, { set, seed }) {
    const [first, second] = [trialsOf(reference, set), trialsOf(candidate, set)]
    return bootstrappedDifference('eer', first.length, [rateOf(first), rateOf(second)], seed)
  },
}

function trialsOf(measured: readonly Measured[], set: EvalSet): readonly Trial[] {
  const samples = measured as readonly Embedded[]
  const vectors = samples.map(({ embedding }) => {
    const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'))
    return new Float32Array(bytes.buffer)
  })
  return pairsOf(samples, set).map(({ a, b, same }) => {
    const score = cosineOf(vectors[a]!, vectors[b]!)
    if (score !== null) return { score, same }
    const names = `${set.samples[a]!.name} and ${set.samples[b]!.name}`
    throw dataError(`${names}: expected embeddings with a length, received zeros, NaN or infinities`)
  })
}

function pairsOf(samples: readonly Embedded[], set: EvalSet): readonly EvalPair[] {
  if (set.pairs !== undefined) return set.pairs
  const missing = samples.findIndex(({ label }) => label === null)
  if (missing >= 0) {
    throw dataError(
      `${set.samples[missing]!.name}: expected pairs or the number of a class, received neither`,
      {
        help: 'Give a .csv with the columns a,b,same, or a set with labels: then all pairs count.',
      },
    )
  }
  return samples.flatMap(({ label }, a) =>
    samples.slice(a + 1).map((other, i) => ({ a, b: a + 1 + i, same: label === other.label })),
  )
}

function rateOf(trials: readonly Trial[]) {
  return (places: Uint32Array) => equalErrorOf(Array.from(places, (place) => trials[place]!))?.rate ?? null
}

/** Where both rates meet, on the line between the two thresholds around it; null without pairs of both kinds. */
function equalErrorOf(
  trials: readonly Trial[],
): { readonly rate: number; readonly threshold: number } | null {
  const sorted = trials.toSorted((a, b) => a.score - b.score)
  const same = sorted.reduce((sum, trial) => sum + (trial.same ? 1 : 0), 0)
  const other = sorted.length - same
  if (same === 0 || other === 0) return null
  let [missed, accepted] = [0, other] // with a threshold below all scores
  let before = { miss: 0, accept: 1 }
  for (let i = 0; i < sorted.length; ) {
    const threshold = sorted[i]!.score
    for (; i < sorted.length && sorted[i]!.score === threshold; i++) {
      if (sorted[i]!.same) missed++
      else accepted--
    }
    const now = { miss: missed / same, accept: accepted / other }
    if (now.miss >= now.accept) {
      const [gap, next] = [before.accept - before.miss, now.miss - now.accept]
      const share = gap / (gap + next)
      return { rate: before.miss + share * (now.miss - before.miss), threshold }
    }
    before = now
  }
  return null
}
