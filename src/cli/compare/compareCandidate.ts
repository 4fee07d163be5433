import { type OutputPairing, pairOutputs, type Tolerances, toleranceFor } from '../../compare/index.js'
import { lowerOf } from '../../compare/lowerOf.js'
import { compareOutputs } from '../../compare/outputs/compareOutputs.js'
import { nameLayer } from '../../compare/outputs/nameLayer.js'
import { summariseVerdicts } from '../../compare/outputs/summariseVerdicts.js'
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
import { otherReadings } from './otherReadings.js'
import { runModel } from './runModel.js'

/** What all candidates are held against. */
export interface ComparisonBase {
  readonly reference: Reference
  readonly tolerances: Tolerances
  readonly pairs: GivenPairs
}

/**
 * Runs a candidate on the reference's inputs, measures how far its outputs are off, and judges them. Where it fails
 * and an input could have been read in another rank, that is tried as well: taken if it passes.
 */
export async function compareCandidate(
  path: string,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate> {
  const inputShape =
    request.inputShape && (await inputShapesFor(path, request.inputShape, base.reference.inputs))
  const named = inputShape ? { ...request, inputShape } : request
  const finished = await compareAsRead(path, named, base)
  if (finished.compared.verdict.pass) return finished
  for (const shapes of otherReadings(finished.compared, base.reference, inputShape)) {
    const other = await tryReading(path, { ...named, inputShape: { ...inputShape, ...shapes } }, base)
    if (other) return other
  }
  return finished
}

/** Undefined where it does not run or does not pass. */
async function tryReading(
  path: string,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate | undefined> {
  try {
    const finished = await compareAsRead(path, request, base)
    if (!finished.compared.verdict.pass) return undefined
    const said = Object.entries(request.inputShape ?? {}).map(([name, shape]) => `${name}=${shape.join(',')}`)
    const note = `this passes with --input-shape ${said.join(' --input-shape ')}, and fails in the other rank`
    return {
      ...finished,
      compared: { ...finished.compared, warnings: [...finished.compared.warnings, note] },
    }
  } catch (error) {
    if (error instanceof TwinferError) return undefined
    throw error
  }
}

async function compareAsRead(
  path: string,
  request: CompareRequest,
  { reference, tolerances, pairs }: ComparisonBase,
): Promise<FinishedCandidate> {
  let renamed: RenamedInputs | undefined
  let inputPairs: readonly NamePair[] = []
  const run = await runModel(path, request, request.repeat, (infos) => {
    const given = inputsFor(infos, reference)
    inputPairs = pairs.among(namesOf(given), namesOf(infos))
    renamed = renameInputs(infos, given, inputPairs)
    return renamed.assigned
  })
  const { engine, effective, timing, noise } = run
  const given = pairs.among(Object.keys(reference.outputs), Object.keys(run.outputs))
  if (given.length === 0) requireOneOutput(path, reference, Object.keys(run.outputs))
  const pairing = pairOutputs(reference.outputs, run.outputs, {
    pairs: given,
    isReferenceOriginal: isOriginal(reference.summary.engine),
    isCandidateOriginal: isOriginal(engine),
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
  const layers = await compareCandidateLayers(path, request, reference.inputs, inputPairs, judging, warnings)
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

/** Whose outputs are in the order in which the network was made: MNN's and ncnn's files have their own. */
function isOriginal(engine: string): boolean {
  return engine !== 'ncnn' && engine !== 'mnn'
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
