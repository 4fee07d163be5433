import type { CompareRequest } from './CompareRequest.js'
import type { ComparisonWriter } from './ComparisonWriter.js'

/** The writers that a request asks for. Refuses a path that cannot be written to before anything runs. */
export async function comparisonWriters(_request: CompareRequest): Promise<readonly ComparisonWriter[]> {
  return []
}
