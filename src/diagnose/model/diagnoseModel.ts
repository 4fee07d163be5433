import { answering } from '../../errors/answering.js'
import { TwinferError, type TwinferErrorCode } from '../../errors/TwinferError.js'
import type { ModelSource } from '../../file/ModelFile.js'
import { formatDb } from '../../format/numbers.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { Pack } from '../../pack/Pack.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Cause, CauseCode, Rejected } from '../Cause.js'
import type { Findings } from '../Findings.js'
import { Candidate, type CandidateRun } from './Candidate.js'
import { type DiagnoseFilesOptions, diagnoseFiles, type FileFindings, sortCauses } from './diagnoseFiles.js'
import { diagnoseLayers, type LayerFindings } from './diagnoseLayers.js'
import { diagnosePrecision, type PrecisionFindings } from './diagnosePrecision.js'
import { diagnoseRuns, type RunFindings } from './diagnoseRuns.js'
import { soundDb } from './LayerGraph.js'
import { type GoldenRun, ModelReference } from './ModelReference.js'

export interface DiagnoseModelOptions extends DiagnoseFilesOptions {
  /** How the candidate runs: precision, threads, device, engineOptions. */
  readonly run?: RunnableOptions
  /** Inputs under the original's names. Default: those of a pack. Without any, only the files are looked at. */
  readonly inputs?: readonly NamedTensors[]
  /** What the candidate gave where it was deployed, on the first input, under its own names. */
  readonly deployed?: NamedTensors
}

/** What every rung found, and what all of it comes to. */
export interface ModelFindings extends Findings {
  readonly files: FileFindings
  readonly runs?: RunFindings
  readonly precision?: PrecisionFindings
  readonly layers?: LayerFindings
}

/**
 * Says what is wrong in a converted model or in how it runs: its files, whether it repeats itself, its precision, its
 * layers, cheapest first. What the files only hint at is named where the outputs differ, and rejected where they agree.
 *
 * @param source the .onnx that it was converted from, or an open golden pack.
 * @throws TwinferError what `diagnoseFiles` and `ModelReference.open` throw; and what `open()` throws for options that
 *   cannot be, a device that is not there, or an addon that does not load. A model that does not open or run is a cause.
 */
export const diagnoseModel = answering(
  'diagnoseModel',
  async function diagnoseModel(
    model: ModelSource,
    source: string | Pack,
    options: DiagnoseModelOptions = {},
  ): Promise<ModelFindings> {
    const { run = {}, inputs, deployed, opener } = options
    const files = await diagnoseFiles(model, source, opener ? { opener } : {})
    const reference = await ModelReference.open(source, run.threads)
    try {
      const golden = await goldenRuns(reference, inputs)
      if (golden.length === 0) {
        const missing = [...files.missing, 'Give an input (--golden-input): without one nothing can be run.']
        return { ...files, missing, files }
      }
      const candidate = await Candidate.of(model, run, reference)
      const climbed = await climb(candidate, golden, files, deployed)
      return climbed
    } finally {
      await reference.dispose()
    }
  },
)

async function goldenRuns(
  reference: ModelReference,
  inputs: readonly NamedTensors[] | undefined,
): Promise<readonly GoldenRun[]> {
  if (inputs === undefined) {
    const recorded = await reference.recorded()
    return recorded ? [recorded] : []
  }
  const golden: GoldenRun[] = []
  for (const each of inputs) golden.push(await reference.run(each))
  return golden
}

/** Its layers are like none of the original's: there is no second fault to be found in them. */
function isAnotherModel({ compared: { matched, unmatched } }: FileFindings): boolean {
  return unmatched.length > matched.length
}

/** Above so many layers, a search for a second fault beside a sure one takes minutes. */
const largeNetwork = 150
const sureEnough = 0.95

function isSettled({ causes, report }: FileFindings): boolean {
  return report.layers > largeNetwork && (causes[0]?.confidence ?? 0) >= sureEnough
}

/** A model whose outputs are right on golden inputs repeats itself closely enough: it is not run again and again. */
export async function climb(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  files: FileFindings,
  deployed: NamedTensors | undefined,
  known?: CandidateRun,
): Promise<ModelFindings> {
  let precision: PrecisionFindings
  let runs: RunFindings
  try {
    runs = await diagnoseRuns(candidate, golden[0]!)
    precision = await diagnosePrecision(candidate, golden, { base: known, deployed })
  } catch (error) {
    return withFailure(files, error)
  }
  const { base, fp32 } = precision
  if (!base.verdict.pass && (isAnotherModel(files) || isSettled(files)))
    return { ...whereWrong(files, runs, precision, undefined), files, runs, precision }
  const isScaled = files.suspected.some(({ code }) => code === 'WEIGHTS_SCALED')
  // What fp32 gets wrong as well is not what a precision costs, however much that may.
  if (base.verdict.pass && fp32.verdict.pass && !isScaled)
    return { ...whereRight(files, runs, precision), files, runs, precision }
  if (runs.causes.length > 0 || (fp32.verdict.pass && !base.verdict.pass))
    return { ...whereWrong(files, runs, precision, undefined), files, runs, precision }
  const layers = await diagnoseLayers(candidate.with(fp32.options), golden[0]!, {
    precision: fp32.judging.judgedAs?.precision ?? 'fp32',
    weights: files.compared,
    damaged: damagedLayers(files),
  })
  // A low precision lets much pass: a layer that is off by a factor is wrong all the same.
  if (base.verdict.pass)
    return { ...whereRight(files, runs, precision, layers), files, runs, precision, layers }
  return { ...whereWrong(files, runs, precision, layers), files, runs, precision, layers }
}

/** Those that a finding names. */
function damagedLayers({ report }: FileFindings): readonly string[] {
  return report.findings.flatMap(({ layer, severity }) =>
    layer !== null && severity !== 'info' ? [layer] : [],
  )
}

/** Errors of the model; all others are of the caller, or of the machine. */
const ofModel: Readonly<Partial<Record<TwinferErrorCode, CauseCode>>> = {
  TWINFER_MODEL_TRUNCATED: 'WEIGHTS_TRUNCATED',
  TWINFER_MODEL_INVALID: 'OP_SEMANTICS',
  TWINFER_MODEL_UNSUPPORTED: 'UNKNOWN_LAYER',
  TWINFER_ENGINE_FAILED: 'OP_SEMANTICS',
  TWINFER_ENGINE_CRASHED: 'OP_SEMANTICS',
  TWINFER_SHAPE_MISMATCH: 'OP_SEMANTICS',
  TWINFER_FILE_NOT_FOUND: 'WEIGHTS_TRUNCATED',
}

/** A model that does not open, or does not run on the golden input: what its files say, else the error itself. */
function withFailure(files: FileFindings, error: unknown): ModelFindings {
  const code = error instanceof TwinferError ? ofModel[error.code] : undefined
  if (!(error instanceof TwinferError) || code === undefined) throw error
  const quoted = /'([^']+)'/.exec(error.message)?.[1]
  const cause: Cause = {
    code,
    confidence: 0.75,
    message: `the model does not run: ${error.message}`,
    evidence: { error: error.code, ...(quoted !== undefined && { named: quoted }) },
    fix: { twinfer: error.help || 'Convert the model again.' },
  }
  const { causes, suspected, rejected, missing } = files
  return {
    causes: sortCauses([...causes, ...(causes.length > 0 ? [] : [cause, ...suspected])]),
    rejected,
    missing,
    files,
  }
}

/** The outputs are what the precision allows: what the files hint at does not matter. */
function whereRight(
  files: FileFindings,
  runs: RunFindings,
  precision: PrecisionFindings,
  layers?: LayerFindings,
): Findings {
  const said = `the outputs agree all the same (${formatDb(precision.base.sqnrDb)})`
  const isSure = ({ code, confidence }: Cause) => code !== 'PRECISION_WEIGHT_UNDERFLOW' || confidence >= 0.9
  const isConfirmed = ({ evidence }: Cause) => layers?.byWeights.includes(String(evidence.layer)) === true
  const confirmed = files.suspected.filter(isConfirmed).map((cause) => confirm(cause, layers))
  const suspected = files.suspected.filter((cause) => !isConfirmed(cause))
  const dropped = [...suspected, ...files.causes.filter((cause) => !isSure(cause))]
  const causes = sortCauses([
    ...files.causes.filter(isSure),
    ...confirmed,
    ...runs.causes,
    ...precision.causes,
    ...(precision.fp32.verdict.pass ? [] : (layers?.causes ?? [])),
  ])
  const isDamaged = causes.some(({ code }) => code !== 'PRECISION_EXPECTED')
  return {
    causes: isDamaged ? causes.filter(({ code }) => code !== 'PRECISION_EXPECTED') : causes,
    rejected: [
      ...dropped.map(
        ({ code, message, evidence }): Rejected => ({ code, message: `${message}; ${said}`, evidence }),
      ),
      ...runs.rejected,
      ...precision.rejected,
    ],
    missing: files.missing,
  }
}

/** The outputs are wrong: what the files hint at is named where a layer, or nothing else, speaks for it. */
function whereWrong(
  files: FileFindings,
  runs: RunFindings,
  precision: PrecisionFindings,
  layers: LayerFindings | undefined,
): Findings {
  // Where fp32 is right, what the files hint at was meant.
  const isMeant = precision.fp32.verdict.pass
  const isCleared = (cause: Cause) => isMeant || isSound(cause, layers)
  const confirmed = files.suspected
    .filter((cause) => !isCleared(cause))
    .map((cause) => confirm(cause, layers))
  const found = sortCauses([
    ...files.causes,
    ...confirmed,
    ...runs.causes,
    ...precision.causes,
    ...(layers?.causes ?? []),
  ])
  const missing = [...(layers?.missing ?? []), ...(found.length === 0 ? files.missing : [])]
  const rejected = [
    ...files.suspected
      .filter(isCleared)
      .map((cause) =>
        rejectedBy(
          cause,
          isMeant ? 'the outputs agree in fp32' : 'its layer computes what the original does',
        ),
      ),
    ...runs.rejected,
    ...precision.rejected,
  ]
  if (found.length > 0) return { causes: found, rejected, missing }
  const { base } = precision
  const cause: Cause = {
    code: 'INCONCLUSIVE',
    confidence: 0.5,
    message: `the outputs differ (${base.verdict.reason}), and neither the files, nor the precision, nor a single layer explains it`,
    evidence: { sqnrDb: base.sqnrDb, floorDb: base.floorDb },
    fix: null,
  }
  return { causes: [cause], rejected, missing }
}

function rejectedBy({ code, message, evidence }: Cause, because: string): Rejected {
  return { code, message: `${message}; ${because}`, evidence }
}

/** Whether the layer that is meant computes what the original does on the original's inputs. */
function isSound({ evidence }: Cause, layers: LayerFindings | undefined): boolean {
  const layer = layers?.layers?.layers.find(({ name }) => name === evidence.layer)
  return layer?.own != null && (layer.own.sqnrDb ?? -Infinity) >= soundDb
}

/** A layer that is broken because of the weights that were suspected makes them a certainty. */
function confirm(cause: Cause, layers: LayerFindings | undefined): Cause {
  const { layer } = cause.evidence
  const own = layers?.layers?.layers.find(({ name }) => name === layer)?.own
  if (typeof layer !== 'string' || !layers?.byWeights.includes(layer)) return cause
  return {
    ...cause,
    confidence: Math.max(cause.confidence, 0.96),
    evidence: { ...cause.evidence, singleDb: own?.sqnrDb ?? null },
  }
}
