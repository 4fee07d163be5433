import { TwinferError } from '../../errors/TwinferError.js'
import type { CommandResult, ExitCode } from '../CommandResult.js'
import { renameInputs } from '../inputs/renameInputs.js'
import type { CompareRequest } from './CompareRequest.js'
import type { ComparedCandidate } from './Comparison.js'
import { compareOutputs } from './compareOutputs.js'
import { obtainReference, type Reference } from './obtainReference.js'
import { printComparison } from './printComparison.js'
import { runOnce } from './runOnce.js'
import { summariseVerdicts } from './summariseVerdicts.js'

/** `twinfer compare`. */
export async function compareModels(request: CompareRequest): Promise<CommandResult> {
  const reference = await obtainReference(request)
  const candidates: ComparedCandidate[] = []
  for (const path of request.candidates) candidates.push(await compareCandidate(path, request, reference))
  const exitCode = exitCodeOf(candidates)
  return {
    exitCode,
    document: { pass: exitCode === 0, reference: reference.summary, candidates },
    text: printComparison(reference.summary, candidates),
  }
}

async function compareCandidate(
  path: string,
  request: CompareRequest,
  reference: Reference,
): Promise<ComparedCandidate> {
  const { engine, effective, timing, outputs, warnings } = await runOnce(path, request, (infos) =>
    renameInputs(infos, reference.inputs),
  )
  requireOneOutput(path, reference, Object.keys(outputs))
  const compared = compareOutputs(reference, outputs, effective.precision)
  return {
    model: path,
    engine,
    effective,
    timing,
    outputs: compared,
    verdict: summariseVerdicts(compared),
    warnings,
  }
}

function requireOneOutput(path: string, { summary }: Reference, names: readonly string[]): void {
  if (summary.engine !== 'npy' || names.length === 1) return
  throw new TwinferError(
    'TWINFER_USAGE',
    `${summary.model} records one output, but ${path} has ${names.length}: ${names.join(', ')}`,
    { help: 'Give a model as the reference.' },
  )
}

function exitCodeOf(candidates: readonly ComparedCandidate[]): ExitCode {
  const failed = candidates.filter(({ verdict }) => !verdict.pass)
  if (failed.length === 0) return 0
  return failed.every(({ verdict }) => 'inconclusive' in verdict) ? 3 : 1
}
