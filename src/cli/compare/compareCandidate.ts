import { type OutputPairing, pairOutputs, type Tolerances, toleranceFor } from '../../compare/index.js'
import { lowerOf } from '../../compare/lowerOf.js'
import { compareOutputs } from '../../compare/outputs/compareOutputs.js'
import { nameLayer } from '../../compare/outputs/nameLayer.js'
import { summariseVerdicts } from '../../compare/outputs/summariseVerdicts.js'
import type { PairOptions } from '../../compare/pairOutputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { type RenamedInputs, renameInputs } from '../inputs/renameInputs.js'
import { inputShapesFor } from '../models/inputShapesFor.js'
import type { ModelTensor, RunOutputs } from '../models/RunnableModel.js'
import type { CompareRequest } from './CompareRequest.js'
import { compareCandidateLayers } from './compareCandidateLayers.js'
import type { FinishedCandidate } from './FinishedComparison.js'
import type { GivenPairs, NamePair } from './GivenPairs.js'
import { judgingOf } from './judgingOf.js'
import type { Reference } from './obtainReference.js'
import { type InputReading, mayBeNumbers, noteOf, otherReadings } from './otherReadings.js'
import { runModel } from './runModel.js'

/** What all candidates are held against. */
export interface ComparisonBase {
  readonly reference: Reference
  readonly tolerances: Tolerances
  readonly pairs: GivenPairs
}

/**
 * Runs a candidate on the reference's inputs, measures how far its outputs are off, and judges them. Where it fails
 * and its inputs could have been meant otherwise, that is tried as well: taken if it passes.
 */
export async function compareCandidate(
  path: string,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate> {
  const { inputs, modelInputs } = base.reference
  const inputShape =
    request.inputShape && (await inputShapesFor(path, request.inputShape, inputs, modelInputs))
  const named = inputShape ? { ...request, inputShape } : request
  const finished = await compareAsNamed(path, named, base)
  if (finished.compared.verdict.pass) return finished
  for (const reading of otherReadings(finished.compared, base.reference, inputShape)) {
    const other = await tryReading(path, named, base, reading)
    if (other) return other
  }
  return finished
}

/** Inputs that got each other's values may not even run. */
async function compareAsNamed(
  path: string,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate> {
  try {
    return await compareAsRead(path, request, base)
  } catch (error) {
    const mayBeOther = error instanceof TwinferError && mayBeNumbers(base.reference)
    const other = mayBeOther ? await tryReading(path, request, base, { numbersFirst: true }) : undefined
    if (other) return other
    throw error
  }
}

/** Undefined where it does not run or does not pass. */
async function tryReading(
  path: string,
  request: CompareRequest,
  base: ComparisonBase,
  reading: InputReading,
): Promise<FinishedCandidate | undefined> {
  try {
    const inputShape = { ...request.inputShape, ...reading.shapes }
    const { compared, ...finished } = await compareAsRead(path, { ...request, inputShape }, base, reading)
    if (!compared.verdict.pass) return undefined
    return { ...finished, compared: { ...compared, warnings: [...compared.warnings, noteOf(reading)] } }
  } catch (error) {
    if (error instanceof TwinferError) return undefined
    throw error
  }
}

async function compareAsRead(
  path: string,
  request: CompareRequest,
  { reference, tolerances, pairs }: ComparisonBase,
  { numbersFirst = false }: InputReading = {},
): Promise<FinishedCandidate> {
  let renamed: RenamedInputs | undefined
  const run = await runModel(path, request, request.repeat, (infos) => {
    const given = inputsFor(infos, reference)
    const known = pairs.among(namesOf(given), namesOf(infos))
    renamed = renameInputs(infos, given, reference.modelInputs, { given: known, numbersFirst })
    return renamed.assigned
  })
  const { engine, effective, timing, noise } = run
  const given = pairs.among(Object.keys(reference.outputs), Object.keys(run.outputs))
  if (given.length === 0) requireOneOutput(path, reference, Object.keys(run.outputs))
  const pairing = pairOutputs(reference.outputs, run.outputs, {
    pairs: given,
    ...orderOf(reference.summary.engine),
    isCandidateOriginal: engine === 'onnx',
    referenceNames: reference.outputNames,
    candidateNames: run.outputNames,
  })
  const warnings = [
    ...run.warnings,
    ...renamed!.notes,
    ...unusedNotes(reference, renamed!),
    ...pairingNotes(pairing),
  ]
  const own = await judgingOf(path, effective.precision, request.judgeAs)
  const judgedAs = request.judgeAs === undefined ? lowerOf(reference.judgedAs, own.judgedAs) : own.judgedAs
  const judging = { ...own, judgedAs }
  const outputs = compareOutputs(reference.outputs, run.outputs, pairing, (name, candidateName) => ({
    ...judging,
    context: {
      ...judging.context,
      noiseFloorDb: noise.outputs.find((output) => output.name === candidateName)?.sqnrDb,
      tolerance: toleranceFor(tolerances, name),
    },
  }))
  const underReference: RunOutputs = Object.fromEntries(
    pairing.pairs.map((pair) => [pair.reference, run.outputs[pair.candidate]!]),
  )
  const layers = await compareCandidateLayers(
    path,
    request,
    reference.inputs,
    renamed!.pairs.map((pair): NamePair => [pair.reference, pair.candidate]),
    judging,
    warnings,
  )
  return {
    compared: {
      model: path,
      engine,
      effective,
      timing,
      noise,
      judgedAs,
      inputs: renamed!.pairs,
      outputs,
      ...(layers && { layers }),
      verdict: nameLayer(summariseVerdicts(outputs), layers),
      warnings,
    },
    outputs: underReference,
    judging,
    names: Object.keys(run.outputs),
  }
}

/** Those of the reference, and those that only this candidate has a name for. */
function inputsFor(infos: readonly ModelTensor[], { inputs, spare }: Reference) {
  return [...inputs, ...spare.filter((input) => infos.some(({ name }) => name === input.name))]
}

/** Of inputs that nobody gave, as nothing depends on them, and that the candidate does not even have. */
function unusedNotes({ modelInputs, inputs }: Reference, { assigned }: RenamedInputs): readonly string[] {
  const known = new Set([...namesOf(inputs), ...assigned.map(({ info }) => info.name)])
  return modelInputs
    .filter(({ name, unused }) => unused && !known.has(name))
    .map(({ name }) => `the candidate has no input '${name}': nothing in the reference depends on it`)
}

function namesOf(named: readonly { readonly name?: string }[]): readonly string[] {
  return named.flatMap(({ name }) => name ?? [])
}

/** Recorded outputs are in their writer's order, which most often is the network's. */
function orderOf(engine: string): PairOptions {
  if (engine === 'npz' || engine === 'npy') return { isReferenceOriginal: 'perhaps' }
  return { isReferenceOriginal: engine === 'onnx' }
}

function pairingNotes({ pairs, extra }: OutputPairing): readonly string[] {
  const guessed = pairs.filter(({ by }) => by === 'value' || by === 'shape' || by === 'order')
  const said = guessed.map(({ reference, candidate, by }) => `${reference} = ${candidate} (by ${by})`)
  return [
    ...(pairs.length > 1 && said.length > 0
      ? [`outputs that are named otherwise were paired: ${said.join(', ')}; --pair says which are the same`]
      : []),
    ...(extra.length > 0
      ? [`the reference has no counterpart of ${extra.join(', ')}, which nothing was compared with`]
      : []),
  ]
}

function requireOneOutput(path: string, { summary }: Reference, names: readonly string[]): void {
  if (summary.engine !== 'npy' || names.length === 1) return
  throw new TwinferError(
    'TWINFER_USAGE',
    `${summary.model} records one output, but ${path} has ${names.length}: ${names.join(', ')}`,
    {
      help: 'Say which with --pair output=NAME, or give a model as the reference or a .npz with the outputs by name.',
    },
  )
}
