import { formatNumber } from '../../format/numbers.js'
import type { Interpretation, Mask } from '../../model/interpretOutputs.js'
import { renderTable } from '../../report/renderTable.js'

/** What outputs mean, by name, without the values that `-o` writes. */
export type Predictions = Readonly<Record<string, PredictionSummary>>

type PredictionSummary =
  | Exclude<Interpretation, { readonly mask: Mask } | { readonly embedding: Float32Array }>
  | { readonly meaning: 'mask'; readonly mask: Omit<Mask, 'data'> }
  | { readonly meaning: 'embedding'; readonly dimensions: number; readonly norm: number }

export function summarisePredictions(meanings: Readonly<Record<string, Interpretation>>): Predictions {
  const entries = Object.entries(meanings).map(([name, meaning]) => [name, summarise(meaning)] as const)
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}

function summarise(meaning: Interpretation): PredictionSummary {
  if ('mask' in meaning) {
    const { width, height, classes } = meaning.mask
    return { meaning: 'mask', mask: { width, height, classes } }
  }
  if ('embedding' in meaning) {
    const { embedding } = meaning
    const norm = Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0))
    return { meaning: 'embedding', dimensions: embedding.length, norm }
  }
  return meaning
}

/** What an output means, for a person; undefined where the sidecar says nothing of it. */
export function predictionLines(name: string, predictions: Predictions): readonly string[] | undefined {
  const prediction = Object.hasOwn(predictions, name) ? predictions[name] : undefined
  if (prediction === undefined) return undefined
  if ('top' in prediction) {
    const rows = prediction.top.map(({ index, label, score, probability }) => [
      percent(probability),
      label ?? '-',
      String(index),
      formatNumber(score),
    ])
    const right = ['class', 'score'].map((title) => ({ title, align: 'right' as const }))
    return ['', renderTable([{ title: name, align: 'right' }, { title: 'label' }, ...right], rows)]
  }
  if ('mask' in prediction) {
    const { width, height, classes } = prediction.mask
    const rows = classes
      .slice(0, 10)
      .map(({ index, label, share }) => [percent(share), label ?? '-', String(index)])
    const title = `${name}, ${width} x ${height}`
    return [
      '',
      renderTable([{ title, align: 'right' }, { title: 'label' }, { title: 'class', align: 'right' }], rows),
    ]
  }
  if ('dimensions' in prediction) {
    return [
      '',
      `${name}: an embedding of ${prediction.dimensions} numbers, its length ${formatNumber(prediction.norm)}`,
    ]
  }
  return undefined
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
