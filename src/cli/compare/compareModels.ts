import { parseTolerances, requireKnownOutputs } from '../../compare/index.js'
import type { CommandResult } from '../CommandResult.js'
import { unknownInput } from '../inputs/assignInputs.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { requireKnownShapes } from '../models/inputShapesFor.js'
import { reportWriters } from '../reports/reportWriters.js'
import type { CompareRequest } from './CompareRequest.js'
import { compareCandidate } from './compareCandidate.js'
import { exitCodeOf } from './exitCodeOf.js'
import type { FinishedCandidate, FinishedComparison } from './FinishedComparison.js'
import { GivenPairs } from './GivenPairs.js'
import { obtainReference, type Reference } from './obtainReference.js'
import { printComparison } from './printComparison.js'
import { reportSource } from './reportSource.js'
import { requireLayers } from './requireLayers.js'
import { voteOn } from './voteOn.js'

/** `twinfer compare`. */
export async function compareModels(request: CompareRequest): Promise<CommandResult> {
  const tolerances = parseTolerances(request.tolerance ?? [])
  await requireLayers(request)
  const writers = await reportWriters(request, [request.reference, ...request.candidates])
  const pairs = new GivenPairs(request.pair)
  const reference = await obtainReference(request)
  requireKnownOutputs(tolerances, Object.keys(reference.outputs))
  pairs.requireReference([...Object.keys(reference.outputs), ...inputNames(reference.inputs)])
  if (request.inputShape) {
    const paths = [...(reference.summary.effective ? [request.reference] : []), ...request.candidates]
    await requireKnownShapes(request.inputShape, reference.inputs, paths)
  }
  const candidates: FinishedCandidate[] = []
  for (const path of request.candidates) {
    candidates.push(await compareCandidate(path, request, { reference, tolerances, pairs }))
  }
  requireAllUsed(reference, candidates, pairs)
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

/** An input or a pair that no model had a use for is a slip of the pen. */
function requireAllUsed(
  reference: Reference,
  candidates: readonly FinishedCandidate[],
  pairs: GivenPairs,
): void {
  const inputs = candidates.flatMap(({ compared }) => compared.inputs)
  const spare = reference.spare.find(({ name }) => !inputs.some((pair) => pair.reference === name))
  if (spare) throw unknownInput(spare.name!, reference.modelInputs)
  const outputs = candidates.flatMap(({ names }) => names)
  pairs.requireUsed([...new Set([...outputs, ...inputs.map(({ candidate }) => candidate)])])
}

function inputNames(inputs: readonly GivenInput[]): readonly string[] {
  return inputs.flatMap(({ name }) => name ?? [])
}

function finish(runs: Omit<FinishedComparison, 'document'>): FinishedComparison {
  const candidates = runs.candidates.map(({ compared }) => compared)
  const pass = candidates.every(({ verdict }) => verdict.pass)
  const document = { pass, reference: runs.reference.summary, candidates, vote: voteOn(runs) }
  return { ...runs, document }
}
