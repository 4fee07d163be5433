import { parseTolerances, requireKnownOutputs } from '../../compare/index.js'
import type { CommandResult } from '../CommandResult.js'
import { reportWriters } from '../reports/reportWriters.js'
import type { CompareRequest } from './CompareRequest.js'
import { compareCandidate } from './compareCandidate.js'
import { exitCodeOf } from './exitCodeOf.js'
import type { FinishedCandidate, FinishedComparison } from './FinishedComparison.js'
import { obtainReference } from './obtainReference.js'
import { printComparison } from './printComparison.js'
import { reportSource } from './reportSource.js'
import { requireLayers } from './requireLayers.js'
import { voteOn } from './voteOn.js'

/** `twinfer compare`. */
export async function compareModels(request: CompareRequest): Promise<CommandResult> {
  const tolerances = parseTolerances(request.tolerance ?? [])
  await requireLayers(request)
  const writers = await reportWriters(request, [request.reference, ...request.candidates])
  const reference = await obtainReference(request)
  requireKnownOutputs(tolerances, Object.keys(reference.outputs))
  const candidates: FinishedCandidate[] = []
  for (const path of request.candidates) {
    candidates.push(await compareCandidate(path, request, reference, tolerances))
  }
  const comparison = finish({ reference, candidates })
  const source = reportSource(comparison)
  const written: string[] = []
  for (const writer of writers) written.push(await writer.write(source))
  const { document } = comparison
  return {
    exitCode: exitCodeOf(document.candidates),
    document,
    text: [printComparison(document), ...written].join('\n'),
  }
}

function finish(runs: Omit<FinishedComparison, 'document'>): FinishedComparison {
  const candidates = runs.candidates.map(({ compared }) => compared)
  const pass = candidates.every(({ verdict }) => verdict.pass)
  const document = { pass, reference: runs.reference.summary, candidates, vote: voteOn(runs) }
  return { ...runs, document }
}
