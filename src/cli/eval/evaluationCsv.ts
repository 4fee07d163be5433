import { stringify } from 'csv-stringify/sync'
import type { Evaluation } from '../../eval/Evaluation.js'

const columns = [
  ...['model', 'engine', 'precision', 'metric', 'class', 'label', 'count', 'value', 'low', 'high'],
  ...['difference', 'differenceLow', 'differenceHigh', 'pValue', 'significant'],
]

/** A row for each metric of each model, with an empty class, and one for each class. */
export function evaluationCsv({ reference, models }: Evaluation): string {
  const rows = [...(reference ? [reference] : []), ...models].flatMap((model) =>
    model.results.flatMap((result) => {
      const own = { model: model.model, engine: model.engine, precision: model.effective.precision }
      const difference = model.differences.find(({ metric }) => metric === result.metric)
      const { metric, count, value, low, high, classes = [] } = result
      const whole = {
        ...{ ...own, metric, count, value, low, high },
        difference: difference?.value,
        differenceLow: difference?.low,
        differenceHigh: difference?.high,
        pValue: difference?.pValue,
        significant: difference?.significant,
      }
      const parts = classes.map(({ index, ...part }) => ({ ...own, metric, class: index, ...part }))
      return [whole, ...parts]
    }),
  )
  return stringify(rows, { header: true, columns, cast: { boolean: String, string: guardFormula } })
}

/** A class may be called `=HYPERLINK(…)`: no spreadsheet shall compute it. */
function guardFormula(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}
