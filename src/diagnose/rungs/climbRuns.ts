import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Cause, Rejected } from '../Cause.js'
import { type Climb, isAccused, isSureFault, report, say } from '../Climb.js'
import { isHarmless } from '../conclude.js'
import type { Findings } from '../Findings.js'
import { Candidate, type CandidateRun } from '../model/Candidate.js'
import type { FileFindings } from '../model/diagnoseFiles.js'
import { climb as climbModel, type ModelFindings } from '../model/diagnoseModel.js'
import { diagnoseRuns } from '../model/diagnoseRuns.js'
import type { GoldenRun } from '../model/ModelReference.js'
import { diagnoseOutputs } from '../output/diagnoseOutputs.js'
import type { OutputPair } from '../output/OutputSamples.js'

const repeatedly = 'repeated, opened anew and with other threads'

/** The candidate, and what it gave on the golden inputs. */
export interface Climbed {
  readonly candidate: Candidate
  /** Undefined where it does not run. */
  readonly run: CandidateRun | undefined
  readonly model: ModelFindings
}

/**
 * What the candidate computes of the golden inputs beside what the original does: the outputs by themselves first;
 * where they tell nothing, repeated runs, other precisions and every layer. Undefined where there is nothing to run.
 */
export async function climbRuns(
  climb: Climb,
  files: FileFindings,
  golden: readonly GoldenRun[],
): Promise<Climbed | undefined> {
  const { candidate: file, reference, options } = climb
  if (!reference || golden.length === 0 || !files.report.ok || isDamagedInput(climb)) return undefined
  const candidate = await Candidate.of(file, options, reference)
  // One that does not run is told by the model's own rung, which meets the same error.
  const run = await candidate.run(golden).catch(unlessOurs)
  const outputs = run && (await compareOutputs(candidate, run, golden))
  const byWeights = run && outputs && (await scaledByWeights(candidate, run, golden, files, outputs))
  if (outputs) report(climb, 'outputs', byWeights ? rejectedIn(outputs) : outputs, agreementOf(run))
  if (run && !byWeights && outputs?.causes.some(isSureFault)) {
    const repeated = await diagnoseRuns(candidate, golden[0]!)
    report(climb, 'runs', repeated, repeatedly)
    return { candidate, run, model: { ...repeated, files, runs: repeated } }
  }
  const model = byWeights ?? (await climbModel(candidate, golden, files, undefined, run))
  reportModel(climb, model)
  if (run?.verdict.pass) clear(climb, run)
  else if (run && !isAccused(climb)) {
    climb.unexplained.push(`On the golden input the outputs differ (${run.verdict.reason}).`)
  }
  return { candidate, run, model }
}

const isLine = ({ code, evidence }: Cause): boolean =>
  code === 'SCALE_OFFSET_MISSING' && (evidence.slope ?? evidence.slopes) !== undefined

/**
 * What the layers say where outputs that are a line of the original's may be so because a layer's weights are: behind the
 * last step that is no line itself, such as a pooling, both look the same. Null where no layer's weights are to blame.
 */
async function scaledByWeights(
  candidate: Candidate,
  run: CandidateRun,
  golden: readonly GoldenRun[],
  files: FileFindings,
  outputs: Findings,
): Promise<ModelFindings | null> {
  const faults = outputs.causes.filter((cause) => !isHarmless(cause))
  if (faults.length === 0 || !faults.every(isLine)) return null
  const suspected = files.suspected.filter(({ code }) => code === 'WEIGHTS_SCALED')
  if (suspected.length === 0) return null
  const model = await climbModel(candidate, golden, files, undefined, run)
  const blamed = model.layers?.byWeights ?? []
  return suspected.some(({ evidence }) => blamed.includes(String(evidence.layer))) ? model : null
}

/** The causes as what was tried: the weights say more. */
function rejectedIn(outputs: Findings): Findings {
  const because = 'but that is what a layer with scaled weights makes of them'
  const tried = outputs.causes.map(
    ({ code, message, evidence }): Rejected => ({
      code,
      message: `${message.replace(/\.$/, '')}, ${because}.`,
      evidence,
    }),
  )
  return { ...outputs, causes: [], rejected: [...tried, ...outputs.rejected] }
}

/** What comes out of NaN says nothing about the model. */
function isDamagedInput({ samples }: Climb): boolean {
  const golden = samples.find((sample) => sample.golden)?.golden
  return golden !== undefined && !float32Values(golden).every(Number.isFinite)
}

/** What cannot be opened or run gives nothing; whatever is not ours is a fault of this program. */
export function unlessOurs(error: unknown): undefined {
  if (!(error instanceof TwinferError)) throw error
}

/** The files have been reported already: what is new are the rungs above them. */
function reportModel(climb: Climb, model: ModelFindings): void {
  const { runs, precision, layers } = model
  climb.findings.push({ ...model, causes: model.causes.filter(({ code }) => code !== 'INCONCLUSIVE') })
  if (runs) say(climb, 'runs', runs, repeatedly)
  if (precision) {
    say(climb, 'precision', precision, `in fp32 the outputs agree to ${formatDb(precision.fp32.sqnrDb)}`)
  }
  if (layers?.layers) say(climb, 'layers', layers, 'each layer was run on the tensors of the original')
}

async function compareOutputs(
  { engine, file }: Candidate,
  { outputs, compared, judging }: CandidateRun,
  golden: readonly GoldenRun[],
): Promise<Findings> {
  return diagnoseOutputs(
    golden.flatMap((one, at) =>
      compared.flatMap(({ name, candidateName = name }): readonly OutputPair[] => {
        const [reference, own] = [one.outputs[name], outputs[at]?.[candidateName]]
        return reference && own ? [{ name, reference, candidate: own }] : []
      }),
    ),
    { precision: judging.judgedAs?.precision ?? null, engine, work: await file.work() },
  )
}

function agreementOf({ sqnrDb }: CandidateRun): string {
  return sqnrDb === null
    ? 'on the golden input the outputs cannot be compared'
    : `on the golden input the outputs agree to ${formatDb(sqnrDb)}`
}

function clear({ cleared }: Climb, run: CandidateRun): void {
  const { sqnrDb, floorDb, effective } = run
  cleared.push({ what: agreementOf(run), evidence: { sqnrDb, floorDb, precision: effective.precision } })
}
