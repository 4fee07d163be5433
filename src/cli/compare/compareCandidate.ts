import { type Tolerances, toleranceFor } from '../../compare/judge/parseTolerances.js'
import { type JudgedPrecision, lowerOf } from '../../compare/judge/passRules.js'
import { compareLayers } from '../../compare/layers/compareLayers.js'
import type { LayersComparison } from '../../compare/layers/LayerComparison.js'
import {
  compareOutputs,
  type Judging,
  nameLayer,
  summariseVerdicts,
} from '../../compare/outputs/compareOutputs.js'
import { judgingOf } from '../../compare/outputs/judgingOf.js'
import type { OutputPairing } from '../../compare/outputs/PartnerSearch.js'
import { haveOtherNumbers } from '../../compare/outputs/pairInputs.js'
import { type PairOptions, pairOutputs } from '../../compare/outputs/pairOutputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile } from '../../file/ModelFile.js'
import type { LayerTracer } from '../../trace/LayerTracer.js'
import { openReference, openTracer } from '../../trace/traceLayers.js'
import { assignKnown, feedsOf } from '../inputs/assignInputs.js'
import { type RenamedInputs, renameInputs } from '../inputs/renameInputs.js'
import { inputShapesFor } from '../models/inputShapesFor.js'
import { onnxOptions, openOptions } from '../models/ModelOptions.js'
import type { OpenModels } from '../models/OpenModels.js'
import type { ModelTensor, RunOutputs } from '../models/openModel.js'
import type { InputShapes } from '../parseOptions.js'
import type { ComparedCandidate, CompareRequest } from './Comparison.js'
import type { GivenPairs, NamePair } from './GivenPairs.js'
import { type Reference, referenceOptions, runModel } from './obtainReference.js'
import type { FinishedCandidate } from './printComparison.js'

/** What all candidates are held against. */
interface ComparisonBase {
  readonly reference: Reference
  readonly tolerances: Tolerances
  readonly pairs: GivenPairs
  readonly models: OpenModels
}

/**
 * Runs a candidate on the reference's inputs, measures how far its outputs are off, and judges them. Where it fails
 * and its inputs could have been meant otherwise, that is tried as well: taken if it passes.
 */
export async function compareCandidate(
  file: ModelFile,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate> {
  const { inputs, modelInputs } = base.reference
  const inputShape =
    request.inputShape && (await inputShapesFor(file, request.inputShape, inputs, modelInputs))
  const named = inputShape ? { ...request, inputShape } : request
  const finished = await compareAsNamed(file, named, base)
  if (finished.compared.verdict.pass) return finished
  for (const reading of otherReadings(finished.compared, base.reference, inputShape)) {
    const other = await tryReading(file, named, base, reading)
    if (other) return other
  }
  return finished
}

/** Inputs that got each other's values may not even run. */
async function compareAsNamed(
  file: ModelFile,
  request: CompareRequest,
  base: ComparisonBase,
): Promise<FinishedCandidate> {
  try {
    return await compareAsRead(file, request, base)
  } catch (error) {
    const mayBeOther = error instanceof TwinferError && mayBeNumbers(base.reference)
    const other = mayBeOther ? await tryReading(file, request, base, { numbersFirst: true }) : undefined
    if (other) return other
    throw error
  }
}

/** Undefined where it does not run or does not pass. */
async function tryReading(
  file: ModelFile,
  request: CompareRequest,
  base: ComparisonBase,
  reading: InputReading,
): Promise<FinishedCandidate | undefined> {
  try {
    const inputShape = { ...request.inputShape, ...reading.shapes }
    const { compared, ...finished } = await compareAsRead(file, { ...request, inputShape }, base, reading)
    if (!compared.verdict.pass) return undefined
    return { ...finished, compared: { ...compared, warnings: [...compared.warnings, noteOf(reading)] } }
  } catch (error) {
    if (error instanceof TwinferError) return undefined
    throw error
  }
}

async function compareAsRead(
  file: ModelFile,
  request: CompareRequest,
  { reference, tolerances, pairs, models }: ComparisonBase,
  { numbersFirst = false }: InputReading = {},
): Promise<FinishedCandidate> {
  let renamed: RenamedInputs | undefined
  const run = await runModel(models, file, request, request.repeat, (infos) => {
    const given = inputsFor(infos, reference)
    const known = pairs.among(namesOf(given), namesOf(infos))
    renamed = renameInputs(infos, given, reference.modelInputs, { given: known, numbersFirst })
    return renamed.assigned
  })
  const { engine, effective, timing, noise } = run
  const given = pairs.among(Object.keys(reference.outputs), Object.keys(run.outputs))
  if (given.length === 0) requireOneOutput(file.name, reference, Object.keys(run.outputs))
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
  const own = await judgingOf(file, effective.precision, request.judgeAs)
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
    file,
    request,
    reference,
    renamed!.pairs.map((pair): NamePair => [pair.reference, pair.candidate]),
    judging,
    warnings,
  )
  return {
    compared: {
      model: file.name,
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

/**
 * `--layers` for one candidate, on the inputs that its outputs were judged on; undefined where it is not asked for.
 * A model that can run but not be traced (control flow on MNN) is told in `warnings`.
 */
async function compareCandidateLayers(
  file: ModelFile,
  request: CompareRequest,
  base: Reference,
  pairs: readonly NamePair[],
  { judgedAs }: Judging,
  warnings: string[],
): Promise<LayersComparison | undefined> {
  if (!request.layers) return undefined
  try {
    return await compareOnBoth(file, request, base, pairs, judgedAs?.precision ?? 'fp32')
  } catch (error) {
    if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_UNSUPPORTED') throw error
    warnings.push(`--layers: ${error.message}`)
    return undefined
  }
}

async function compareOnBoth(
  file: ModelFile,
  request: CompareRequest,
  base: Reference,
  pairs: readonly NamePair[],
  precision: JudgedPrecision,
): Promise<LayersComparison> {
  const candidate = await openTracer(file, openOptions(file.requireConverted(), request))
  let reference: LayerTracer | undefined
  try {
    reference = await openReference(base.file!, onnxOptions(await referenceOptions(request, base.file!)))
    const { assigned: own } = assignKnown(reference.inputs, base.inputs)
    const { assigned } = renameInputs(candidate.inputs, base.inputs, [], { given: pairs })
    const feeds = feedsOf(own, [])
    return await compareLayers(reference, candidate, feeds, {
      precision,
      candidateInputs: feedsOf(assigned, []),
    })
  } finally {
    await candidate.dispose()
    await reference?.dispose()
  }
}

/** How the inputs of a run may have been meant instead. */
interface InputReading {
  readonly shapes?: InputShapes
  /** in0, in1, … are pnnx's numbers and not names, though the original has inputs of these names. */
  readonly numbersFirst?: boolean
}

/** How the ncnn engine notes that an array could be read in two ranks: `input 'x': read as [1, 8, 8] …`. */
const twoReadings = /^input '(.+)': read as/
/** Each one is a run. */
const mostReadings = 16

/**
 * What inputs of a failed run may be meant to be instead: whether the first axis is a batch, and whether a number is a
 * name, only the results tell. What the caller declared is not asked again.
 */
function otherReadings(
  { effective, inputs }: ComparedCandidate,
  reference: Reference,
  declared: InputShapes = {},
): readonly InputReading[] {
  const names = effective.notes.flatMap((note) => twoReadings.exec(note)?.[1] ?? [])
  const open = [...new Set(names)].filter((name) => !Object.hasOwn(declared, name))
  const shapes = otherShapes(open.map((name) => [name, givenShape(name, inputs, reference)]))
  const isOtherwise = mayBeNumbers(reference)
  const readings: InputReading[] = shapes.map((each) => ({ shapes: each }))
  return [
    ...readings,
    ...(isOtherwise
      ? [{ numbersFirst: true }, ...readings.map((each) => ({ ...each, numbersFirst: true }))]
      : []),
  ].slice(0, mostReadings)
}

/** Said of one that passes. */
function noteOf({ shapes, numbersFirst }: InputReading): string {
  const said = Object.entries(shapes ?? {}).map(([name, shape]) => `--input-shape ${name}=${shape.join(',')}`)
  const numbers = numbersFirst ? ["inputs paired by pnnx's numbers"] : []
  const other = numbersFirst ? 'as they are named' : 'in the other rank'
  return `this passes with ${[...numbers, ...said].join(' and ')}, and fails ${other}`
}

/** Items of a batch, or whole: all inputs at once, then one by one, as what all of them share is no batch. */
function otherShapes(
  given: readonly (readonly [name: string, shape: readonly number[]])[],
): readonly InputShapes[] {
  const item = given.map(([name, shape]) => [name, shape.slice(1)] as const)
  const withoutOne = given.map(([name, shape]) => [name, shape[0] === 1 ? shape.slice(1) : shape] as const)
  const tried = [item, withoutOne, given, ...[...item, ...given].map((one) => [one])].filter((entries) =>
    entries.every(([, shape]) => shape.length > 0),
  )
  const byText = new Map(tried.map((entries) => [JSON.stringify(entries), Object.fromEntries(entries)]))
  return given.length === 0 ? [] : [...byText.values()]
}

/** Only the original's own names can be mistaken. */
function mayBeNumbers({ summary, modelInputs }: Reference): boolean {
  return summary.engine === 'onnx' && haveOtherNumbers(modelInputs)
}

function givenShape(
  name: string,
  inputs: ComparedCandidate['inputs'],
  reference: Reference,
): readonly number[] {
  const partner = inputs.find(({ candidate }) => candidate === name)?.reference
  const given = reference.inputs.find((input) => (input.name ?? `-i ${input.file}`) === partner)
  return given?.tensor.shape ?? []
}
