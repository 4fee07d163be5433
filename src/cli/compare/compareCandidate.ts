import { pairOutputs, type Tolerances, toleranceFor } from '../../compare/index.js'
import { compareOutputs } from '../../compare/outputs/compareOutputs.js'
import { nameLayer } from '../../compare/outputs/nameLayer.js'
import { summariseVerdicts } from '../../compare/outputs/summariseVerdicts.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { renameInputs } from '../inputs/renameInputs.js'
import type { RunOutputs } from '../models/RunnableModel.js'
import type { CompareRequest } from './CompareRequest.js'
import { compareCandidateLayers } from './compareCandidateLayers.js'
import type { FinishedCandidate } from './FinishedComparison.js'
import { judgingOf } from './judgingOf.js'
import type { Reference } from './obtainReference.js'
import { runModel } from './runModel.js'

/** Runs a candidate on the reference's inputs, measures how far its outputs are off, and judges them. */
export async function compareCandidate(
  path: string,
  request: CompareRequest,
  reference: Reference,
  tolerances: Tolerances,
): Promise<FinishedCandidate> {
  const run = await runModel(path, request, request.repeat, (infos) => renameInputs(infos, reference.inputs))
  const { engine, effective, timing, noise, warnings } = run
  requireOneOutput(path, reference, Object.keys(run.outputs))
  const pairing = pairOutputs(Object.keys(reference.outputs), Object.keys(run.outputs))
  const judging = await judgingOf(path, effective.precision, request.judgeAs)
  const { judgedAs } = judging
  const outputs = compareOutputs(reference.outputs, run.outputs, pairing, (name, candidateName) => ({
    ...judging,
    context: {
      ...judging.context,
      noiseFloorDb: noise.outputs.find((output) => output.name === candidateName)?.sqnrDb,
      tolerance: toleranceFor(tolerances, name),
    },
  }))
  const renamed: RunOutputs = Object.fromEntries(
    pairing.pairs.map((pair) => [pair.reference, run.outputs[pair.candidate]!]),
  )
  const layers = await compareCandidateLayers(path, request, reference.inputs, judging, warnings)
  return {
    compared: {
      model: path,
      engine,
      effective,
      timing,
      noise,
      judgedAs,
      outputs,
      ...(layers && { layers }),
      verdict: nameLayer(summariseVerdicts(outputs), layers),
      warnings,
    },
    outputs: renamed,
    judging,
  }
}

function requireOneOutput(path: string, { summary }: Reference, names: readonly string[]): void {
  if (summary.engine !== 'npy' || names.length === 1) return
  throw new TwinferError(
    'TWINFER_USAGE',
    `${summary.model} records one output, but ${path} has ${names.length}: ${names.join(', ')}`,
    { help: 'Give a model as the reference, or a .npz with the outputs by name.' },
  )
}
