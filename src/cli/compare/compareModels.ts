import { judge } from '../../compare/judge/judge.js'
import { parseTolerances, requireKnownOutputs } from '../../compare/judge/parseTolerances.js'
import { type Vote, type VotePair, vote } from '../../compare/judge/vote.js'
import { measureOutput } from '../../compare/outputs/compareOutputs.js'
import { naming } from '../../errors/naming.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { linesOf } from '../../format/visibleText.js'
import { candidateSeries } from '../../report/prepareSeries.js'
import type { CommandResult, ExitCode } from '../CommandResult.js'
import { type GivenInput, unknownInput } from '../inputs/assignInputs.js'
import { readSamples } from '../inputs/samples.js'
import { requireKnownShapes } from '../models/inputShapesFor.js'
import { OpenModels } from '../models/OpenModels.js'
import { reportWriters } from '../reports/reportWriters.js'
import type { ReportSource } from '../reports/writers.js'
import type { ComparedCandidate, CompareRequest, SamplesSummary } from './Comparison.js'
import { compareCandidate } from './compareCandidate.js'
import { GivenPairs } from './GivenPairs.js'
import { obtainReference, type Reference, referenceOptions } from './obtainReference.js'
import { type FinishedCandidate, type FinishedComparison, printComparison } from './printComparison.js'
import {
  failElsewhere,
  sampleNote,
  summariseSamples,
  surveyedSample,
  surveySamples,
  worstOf,
} from './surveySamples.js'

/** `twinfer compare`. */
export async function compareModels(request: CompareRequest): Promise<CommandResult> {
  const tolerances = parseTolerances(request.tolerance ?? [])
  const isRecorded = /\.(npy|npz)$/i.test(request.reference)
  if (isRecorded && request.layers) throw recordedLayers(request.reference)
  const writers = await reportWriters(request, {
    models: [request.reference, ...request.candidates],
    inputs: [request.input, request.inputs],
  })
  const file = isRecorded ? undefined : await ModelFile.from(request.reference)
  const files: ModelFile[] = []
  for (const path of request.candidates) files.push(await ModelFile.from(path))
  if (request.layers) requireLayers(files)
  const isMany = [request.inputs, request.images, request.random].some((many) => many !== undefined)
  const models = new OpenModels(isMany)
  try {
    const compareOn = async (inputs: readonly GivenInput[], how: CompareRequest) => {
      const pairs = new GivenPairs(request.pair)
      const obtain = () => obtainReference(how, file, inputs, models)
      const reference = await (file ? naming(file.name, obtain) : obtain())
      requireKnownOutputs(tolerances, Object.keys(reference.outputs))
      pairs.requireReference([...Object.keys(reference.outputs), ...inputNames(reference.inputs)])
      if (request.inputShape) {
        await requireKnownShapes(request.inputShape, reference.inputs, file ? [file, ...files] : files)
      }
      const candidates: FinishedCandidate[] = []
      for (const candidate of files) {
        const base = { reference, tolerances, pairs, models }
        candidates.push(await naming(candidate.name, () => compareCandidate(candidate, how, base)))
      }
      requireAllUsed(reference, candidates, pairs)
      return { reference, candidates }
    }
    const samples = await readSamples(request, file && (() => inputsOf(file, request, models)), [
      ...(file ? [file] : []),
      ...files,
    ])
    const surveyed = await surveySamples(samples.samples, request, compareOn)
    const worst = worstOf(surveyed)
    const runs = await compareOn(await worst.read(), request)
    const all = surveyed.length > 1 ? surveyed : [surveyedSample(worst, runs)]
    const comparison = finish(runs, summariseSamples(samples, worst, all))
    const source = reportSource(comparison)
    const written: string[] = []
    for (const writer of writers) written.push(await writer.write(source))
    const { document } = comparison
    return {
      exitCode: exitCodeOf(document.candidates),
      document,
      text: linesOf([printComparison(document), ...written]),
    }
  } finally {
    await models.dispose()
  }
}

/** What the reference has, to be filled with random values. */
async function inputsOf(file: ModelFile, request: CompareRequest, models: OpenModels) {
  return models.use(file, await referenceOptions(request, file), async ({ inputs }) => inputs)
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

function finish(
  runs: Omit<FinishedComparison, 'document'>,
  samples: SamplesSummary | null,
): FinishedComparison {
  const candidates = runs.candidates.map(({ compared }, at) => failElsewhere(compared, samples, at))
  const pass = candidates.every(({ verdict }) => verdict.pass)
  const { summary } = runs.reference
  const reference = samples ? { ...summary, warnings: [sampleNote(samples), ...summary.warnings] } : summary
  const document = { pass, reference, candidates, vote: voteOn(runs), samples }
  return { ...runs, document }
}

/** Any failure is a failure; 3 where the worst is that nothing can be said. */
export function exitCodeOf(candidates: readonly ComparedCandidate[]): ExitCode {
  const failed = candidates.filter(({ verdict }) => !verdict.pass)
  if (failed.length === 0) return 0
  return failed.every(({ verdict }) => verdict.inconclusive) ? 3 : 1
}

function recordedLayers(reference: string): TwinferError {
  return new TwinferError('TWINFER_USAGE', `--layers: expected a model as reference, received ${reference}`, {
    help: 'Recorded outputs hold no layers: give the .onnx that the model was converted from.',
  })
}

function requireLayers(candidates: readonly ModelFile[]): void {
  const onnx = candidates.find(({ engine }) => engine === 'onnx')
  if (onnx === undefined) return
  throw new TwinferError('TWINFER_USAGE', `--layers: expected a .param or an .mnn, received ${onnx.name}`, {
    help: 'An .onnx can only be the reference: its layers cannot be run one by one.',
  })
}

/** The vote of the reference and its candidates, each of which was held against the reference already. */
export function voteOn({ reference, candidates }: Omit<FinishedComparison, 'document'>): Vote | null {
  if (candidates.length < 2) return null
  const a = reference.summary.model
  const names = Object.keys(reference.outputs)
  const withReference = candidates.flatMap(({ compared }) =>
    compared.outputs.map(({ name, sqnrDb = null, verdict }): VotePair => {
      return { a, b: compared.model, output: name, sqnrDb, agree: verdict.pass }
    }),
  )
  const amongCandidates = candidates.flatMap((one, index) =>
    candidates.slice(index + 1).flatMap((other) => names.map((name) => comparePair(name, one, other))),
  )
  return vote(
    [a, ...candidates.map(({ compared }) => compared.model)],
    [...withReference, ...amongCandidates],
  )
}

function comparePair(output: string, one: FinishedCandidate, other: FinishedCandidate): VotePair {
  const pair = { a: one.compared.model, b: other.compared.model, output }
  const [a, b] = [one.outputs[output], other.outputs[output]]
  const comparison = a && b && measureOutput(output, a, b)
  if (comparison === undefined || typeof comparison === 'string')
    return { ...pair, sqnrDb: null, agree: false }
  // The wider of both rules: what is bf16 may be as far from an fp32 candidate as from the reference.
  const agree = [one, other].some(
    ({ judging: { judgedAs, context } }) => judgedAs && judge(comparison, judgedAs.precision, context).pass,
  )
  return { ...pair, sqnrDb: comparison.sqnrDb, agree }
}

/** What `--report`, `--csv` and `--junit` are made of. */
export function reportSource({ document, reference, candidates }: FinishedComparison): ReportSource {
  return {
    comparison: document,
    series: (points) =>
      candidates.map(({ compared, outputs }) =>
        candidateSeries(compared.outputs, reference.outputs, outputs, { points }),
      ),
  }
}
