import { layersCsv } from '../../../report/csv/layersCsv.js'
import { layersCsvPath } from '../../../report/csv/layersCsvPath.js'
import { outputsCsv } from '../../../report/csv/outputsCsv.js'
import { OutputFile } from '../../output/OutputFile.js'
import type { ComparisonWriter } from '../ComparisonWriter.js'

/** `--csv`: the outputs and, where layers were compared, a second file of these. */
export async function csvWriter(path: string): Promise<ComparisonWriter> {
  const outputs = await OutputFile.at(path)
  const layers = await OutputFile.at(layersCsvPath(path))
  return {
    async write({ document }) {
      await outputs.write(outputsCsv(document))
      if (!document.candidates.some((candidate) => candidate.layers)) return `csv: ${outputs.path}`
      await layers.write(layersCsv(document))
      return `csv: ${outputs.path}, ${layers.path}`
    },
  }
}
