import { layersCsv } from '../../report/csv/layersCsv.js'
import { layersCsvPath } from '../../report/csv/layersCsvPath.js'
import { outputsCsv } from '../../report/csv/outputsCsv.js'
import { OutputFile } from '../output/OutputFile.js'
import type { ReportWriter } from './ReportWriter.js'

/** `--csv`: the outputs and, where layers were compared, a second file of these. */
export async function csvWriter(path: string): Promise<ReportWriter> {
  const outputs = await OutputFile.at(path)
  const layers = await OutputFile.at(layersCsvPath(path))
  return {
    async write({ comparison }) {
      await outputs.write(outputsCsv(comparison))
      if (!comparison.candidates.some((candidate) => candidate.layers)) return `csv: ${outputs.path}`
      await layers.write(layersCsv(comparison))
      return `csv: ${outputs.path}, ${layers.path}`
    },
  }
}
