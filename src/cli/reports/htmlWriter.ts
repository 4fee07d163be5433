import { renderReport } from '../../report/html/renderReport.js'
import type { OutputFile } from '../output/OutputFile.js'
import type { ReportWriter } from './ReportWriter.js'
import { reportEnvironment } from './reportEnvironment.js'

/** Points on the whole page: many outputs get fewer each. */
const pagePoints = 20_000
const mostPoints = 2000

/** `--report` */
export function htmlWriter(file: OutputFile): ReportWriter {
  return {
    async write({ comparison, series }) {
      const outputs = comparison.candidates.reduce((sum, candidate) => sum + candidate.outputs.length, 0)
      const page = renderReport({
        comparison,
        series: series(Math.min(mostPoints, Math.ceil(pagePoints / outputs))),
        created: new Date().toISOString(),
        environment: reportEnvironment(),
      })
      await file.write(page)
      return `report: ${file.path}`
    },
  }
}
