import { formatShape } from '../../format/numbers.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { dataError } from '../data/EvalSet.js'
import { mcnemar, wilson } from '../statistics.js'
import { type Confusion, classLabel, type Measured, type MeasuredSample, type Metric } from './Metric.js'

/** The label, the class with the best score (-1: none is a number), and how many classes come before the label. */
type Ranked = readonly [label: number, best: number, rank: number | null]

/** The share of samples whose label is among the `k` best classes. */
export function topK(k: number, isNumberedByName = false, classCount = 0): Metric {
  const isRight = (measured: Measured) => {
    const [, , rank] = measured as Ranked
    return rank !== null && rank < k
  }
  const name = `top${k}`
  return {
    name,
    measure: (sample) => rank(sample, isNumberedByName ? classCount : undefined),
    summarise(measured, { classes }) {
      const hits = measured.filter(isRight).length
      const labels = [...new Set(measured.map((one) => (one as Ranked)[0]))].sort((a, b) => a - b)
      return {
        metric: name,
        ...shareOf(hits, measured.length),
        interval: 'wilson',
        count: measured.length,
        classes: labels.map((index) => {
          const own = measured.filter((one) => (one as Ranked)[0] === index)
          const share = shareOf(own.filter(isRight).length, own.length)
          return { index, label: classLabel(classes, index), count: own.length, ...share }
        }),
      }
    },
    differ(reference, candidate, { set }) {
      const right = candidate.map((one, i) => [isRight(reference[i]), isRight(one)] as const)
      const onlyReference = right.filter(([first, second]) => first && !second).length
      const onlyCandidate = right.filter(([first, second]) => !first && second).length
      const pValue = mcnemar(onlyReference, onlyCandidate)
      const names = set.samples.map((sample) => sample.name)
      const confusion = confusions(reference as Ranked[], candidate as Ranked[], names)
      return {
        metric: name,
        value: (onlyCandidate - onlyReference) / candidate.length,
        low: null,
        high: null,
        pValue,
        significant: pValue < 0.05,
        onlyReference,
        onlyCandidate,
        flips: confusion.reduce((sum, { count }) => sum + count, 0),
        confusion,
      }
    },
  }
}

function shareOf(hits: number, count: number) {
  const bounds = wilson(hits, count)
  return { value: count === 0 ? null : hits / count, low: bounds?.low ?? null, high: bounds?.high ?? null }
}

function rank({ output, label, name, model }: MeasuredSample, classCount: number | undefined): Ranked {
  if (output.shape.filter((size) => size !== 1).length > 1) {
    throw dataError(
      `${model}: expected a row of scores for each sample, received an output of shape ${formatShape(output.shape)}`,
      { help: 'Masks are measured with --metric miou, embeddings with eer; --output names another output.' },
    )
  }
  const scores = float32Values(output)
  if (typeof label !== 'number') throw missingLabel(name, label instanceof Tensor ? 'a mask' : 'none')
  if (classCount !== undefined && classCount !== scores.length) {
    throw dataError(
      `expected ${scores.length} classes, as ${model} has, received ${classCount} folders whose names do not say which they are`,
      {
        help: 'Call the folders by the numbers of the classes, or give the names of all classes with --classes.',
      },
    )
  }
  if (label >= scores.length) {
    throw dataError(
      `${name}: expected a label below ${scores.length}, the number of classes of ${model}, received ${label}`,
      { help: 'Labels count from 0; a background class that only one of the two has is the usual reason.' },
    )
  }
  const own = scores[label]!
  let best = -1
  let before = 0
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!
    if (Number.isNaN(score)) continue
    if (best < 0 || score > scores[best]!) best = index
    if (score > own || (score === own && index < label)) before++
  }
  return [label, best, Number.isNaN(own) ? null : before]
}

export function missingLabel(name: string, received: string): Error {
  return dataError(`${name}: expected the number of a class as its label, received ${received}`, {
    help: 'A folder needs one folder for each class, a .csv a column label, arrays an array labels.',
  })
}

function confusions(
  reference: readonly Ranked[],
  candidate: readonly Ranked[],
  names: readonly string[],
): readonly Confusion[] {
  const found = new Map<string, Confusion & { samples: string[] }>()
  for (const [i, [label, best]] of candidate.entries()) {
    const other = reference[i]![1]
    if (other === best) continue
    const key = `${label} ${other} ${best}`
    const { count = 0, samples = [] } = found.get(key) ?? {}
    if (samples.length < 3) samples.push(names[i]!)
    found.set(key, { label, reference: other, candidate: best, count: count + 1, samples })
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.label - b.label)
}
