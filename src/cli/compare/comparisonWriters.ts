import { resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { OutputFile } from '../output/OutputFile.js'
import type { CompareRequest } from './CompareRequest.js'
import type { ComparisonWriter } from './ComparisonWriter.js'

/** The writers that a request asks for. Refuses a path that cannot be written to before anything runs. */
export async function comparisonWriters(request: CompareRequest): Promise<readonly ComparisonWriter[]> {
  const { report, csv, junit } = request
  refuseOverwriting(request)
  const writers: ComparisonWriter[] = []
  if (report !== undefined) {
    const { htmlWriter } = await import('./writers/htmlWriter.js')
    writers.push(htmlWriter(await OutputFile.at(report)))
  }
  if (csv !== undefined) {
    const { csvWriter } = await import('./writers/csvWriter.js')
    writers.push(await csvWriter(csv))
  }
  if (junit !== undefined) {
    const { junitWriter } = await import('./writers/junitWriter.js')
    writers.push(junitWriter(await OutputFile.at(junit)))
  }
  return writers
}

/** `--report model.mnn` may be a forgotten file name: the model that is to be compared would be gone. */
function refuseOverwriting({ reference, candidates, report, csv, junit }: CompareRequest): void {
  const taken = new Set([reference, ...candidates].map((path) => resolve(path)))
  for (const [option, path] of Object.entries({ report, csv, junit })) {
    if (path === undefined) continue
    if (taken.has(resolve(path))) {
      throw new TwinferError('TWINFER_USAGE', `--${option} would overwrite ${path}`, {
        help: `Give --${option} the name of a new file.`,
      })
    }
    taken.add(resolve(path))
  }
}
