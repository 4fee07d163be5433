import { renderReport } from '../../../report/html/renderReport.js'
import type { OutputSeries } from '../../../report/series/OutputSeries.js'
import { prepareSeries } from '../../../report/series/prepareSeries.js'
import type { OutputFile } from '../../output/OutputFile.js'
import type { ComparisonWriter } from '../ComparisonWriter.js'
import type { FinishedCandidate, FinishedComparison } from '../FinishedComparison.js'
import type { Reference } from '../obtainReference.js'
import { reportEnvironment } from './reportEnvironment.js'

/** Points on the whole page: many outputs get fewer each. */
const pagePoints = 20_000
const mostPoints = 2000

/** `--report` */
export function htmlWriter(file: OutputFile): ComparisonWriter {
  return {
    async write(comparison) {
      const page = renderReport({
        comparison: comparison.document,
        series: seriesOf(comparison),
        created: new Date().toISOString(),
        environment: reportEnvironment(),
      })
      await file.write(page)
      return `report: ${file.path}`
    },
  }
}

function seriesOf({ reference, candidates }: FinishedComparison): Record<string, OutputSeries>[] {
  const plots = candidates.reduce((sum, { compared }) => sum + compared.outputs.length, 0)
  const points = Math.min(mostPoints, Math.ceil(pagePoints / plots))
  return candidates.map((candidate) => candidateSeries(reference, candidate, points))
}

/** Of the outputs that could be measured: the others have no counterpart, or one of another shape. */
function candidateSeries(
  reference: Reference,
  { compared, outputs }: FinishedCandidate,
  points: number,
): Record<string, OutputSeries> {
  const measured = compared.outputs.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name }) => [name, prepareSeries(reference.outputs[name]!, outputs[name]!, { points })]),
  )
}
