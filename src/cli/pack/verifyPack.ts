import type { ComparedOutput } from '../../compare/outputs/compareOutputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { linesOf, paint } from '../../format/visibleText.js'
import type { FinishedVerdict, PackVerdict, PictureVerdict } from '../../pack/judgeRun.js'
import type { PackNotice } from '../../pack/noticesFor.js'
import { recordedModel } from '../../pack/openRunnable.js'
import { rejudgeWithValues } from '../../pack/rejudge.js'
import { verifyWithValues } from '../../pack/verify.js'
import { candidateSeries } from '../../report/prepareSeries.js'
import { toLayout } from '../../tensor/convertTensor.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { CommandResult } from '../CommandResult.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { layerLines } from '../output/layerLines.js'
import { outputTable, overflowLines, settingsLine, toleranceLine, verdictLine } from '../output/lines.js'
import { type ReportFiles, reportWriters } from '../reports/reportWriters.js'
import type { ReportSource } from '../reports/writers.js'
import { givenInputs, runnableOptions } from './givenInputs.js'

export interface VerifyPackRequest extends ModelOptions, ReportFiles {
  readonly pack: string
  readonly model: string | undefined
  readonly input?: readonly string[]
  readonly tolerance?: readonly string[]
  readonly repeat: number
  readonly append?: boolean
  /** `true` for the last one. */
  readonly rejudge?: true | number
}

/** `twinfer verify`. */
export async function verifyPack(request: VerifyPackRequest): Promise<CommandResult> {
  const warnings: string[] = []
  const { pack, model } = request
  const writers = await reportWriters(request, { models: [pack, model], inputs: [request.input] })
  const finished = await (request.rejudge === undefined
    ? runAndJudge(request, warnings)
    : judgeAgain(request))
  const { verdict } = finished
  const { pass, run, number, ...judged } = verdict
  const document = {
    pass,
    pack,
    model: named(request, verdict),
    engine: run.model.engine,
    effective: { ...run.effective, engineVersion: run.versions.engine },
    ran: { date: run.date, machine: run.machine, versions: run.versions, model: run.model },
    noise: run.noise,
    ...judged,
    run: number,
    warnings,
  }
  const source = reportSource(pack, finished, warnings, document.model)
  const written: string[] = []
  for (const writer of writers) written.push(await writer.write(source))
  const text = linesOf([printVerdict(pack, verdict, warnings, document.model), ...written])
  return { exitCode: exitCodeOf(verdict), document, text }
}

/** As it was given, which is what a person looks for; a pack has it as it lies beside the pack. */
function named({ model }: VerifyPackRequest, { run }: PackVerdict): string {
  return model ?? run.model.path
}

async function runAndJudge(request: VerifyPackRequest, warnings: string[]): Promise<FinishedVerdict> {
  const { pack, input, tolerance, repeat, append } = request
  const model = await ModelFile.from(request.model ?? (await recordedModel(pack)))
  return verifyWithValues(pack, model, {
    ...(await runnableOptions(model, request)),
    repeat,
    ...(input !== undefined && { inputs: await givenInputs(input, warnings) }),
    ...(tolerance !== undefined && { tolerances: tolerance }),
    ...(append !== undefined && { append }),
  })
}

function judgeAgain({ pack, model, input, append, tolerance, rejudge: run }: VerifyPackRequest) {
  if (model !== undefined || input !== undefined || append !== undefined) {
    throw new TwinferError(
      'TWINFER_USAGE',
      'expected --rejudge without MODEL, -i and --append: nothing runs',
      {
        help: 'Leave --rejudge out to run the model.',
      },
    )
  }
  return rejudgeWithValues(pack, {
    ...(typeof run === 'number' && { run }),
    ...(tolerance !== undefined && { tolerances: tolerance }),
  })
}

function exitCodeOf({ verdict }: PackVerdict): CommandResult['exitCode'] {
  if (verdict.pass) return 0
  return verdict.inconclusive ? 3 : 1
}

/** What `twinfer verify` shows to a person: what differs from the recorded run comes first. */
function printVerdict(pack: string, result: PackVerdict, warnings: readonly string[], model: string): string {
  const { run, notices, judgedAs, outputs, deployed, picture, layers, overflow, verdict, number } = result
  const effective = { ...run.effective, engineVersion: run.versions.engine }
  return linesOf([
    `${paint('bold', model)} by ${paint('bold', pack)}`,
    ...notices.map(noticeLine),
    `  ${settingsLine(run.model.engine, effective)}`,
    ...(judgedAs?.because === undefined ? [] : [`  judged as ${judgedAs.precision}: ${judgedAs.because}`]),
    ...[...run.effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    ...outputLines(outputs),
    ...(deployed ? [outputTable(deployed.inputs, 'given input'), ...outputLines(deployed.outputs)] : []),
    ...(picture ? pictureLines(picture) : []),
    ...(layers ? layerLines(layers, verdict) : []),
    ...overflowLines(overflow),
    ...(number === null ? [] : [paint('dim', `run ${number} of the pack`)]),
    verdictLine(verdict),
  ])
}

/** The input that was made again of the pack's picture, and where the records differ. */
function pictureLines({ by, inputs, differences, verdict }: PictureVerdict): readonly string[] {
  const whose = by === 'model' ? 'the sidecar of the model' : 'the record in the pack'
  return [
    outputTable(inputs, 'made of the picture'),
    `  by ${whose}`,
    ...differences.map(({ field, recorded, own }) =>
      paint(
        verdict.pass ? 'dim' : 'red',
        `  ${field}: ${JSON.stringify(recorded)} was recorded, ${JSON.stringify(own)} is here`,
      ),
    ),
  ]
}

function noticeLine({ severity, message }: PackNotice): string {
  return severity === 'warning' ? paint('yellow', `  warning: ${message}`) : `  ${message}`
}

function outputLines(outputs: readonly ComparedOutput[]): readonly string[] {
  // Inputs of another shape were not run.
  if (outputs.length === 0) return []
  return [
    outputTable(outputs),
    ...outputs.flatMap(({ name, verdict }) =>
      verdict.wouldPass ? [toleranceLine(name, verdict.wouldPass)] : [],
    ),
    ...outputs.flatMap(({ name, explanation }) => (explanation ? [`  ${name}: ${explanation.message}`] : [])),
  ]
}

/** What `--report`, `--csv` and `--junit` are made of. */
export function reportSource(
  pack: string,
  finished: FinishedVerdict,
  warnings: readonly string[],
  model = finished.verdict.run.model.path,
): ReportSource {
  const { run, timing, notices, judgedAs, outputs, layers, verdict } = finished.verdict
  const candidate = {
    model,
    engine: run.model.engine,
    effective: { ...run.effective, engineVersion: run.versions.engine },
    ...(timing && { timing }),
    noise: run.noise,
    judgedAs,
    outputs,
    verdict,
    warnings: [...notices.map(({ message }) => message), ...warnings],
    ...(layers && { layers }),
  }
  return {
    comparison: { reference: { model: pack, engine: 'pack', effective: null }, candidates: [candidate] },
    series: (points) => [candidateSeries(outputs, finished.golden, judgedOutputs(finished), { points })],
  }
}

/** As they were judged: under the recorded names, and in the recorded layouts. */
function judgedOutputs({ verdict, golden, outputs }: FinishedVerdict): NamedTensors {
  const measured = verdict.outputs.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name, candidateName = name }) => [
      name,
      toLayout(outputs[candidateName]!, golden[name]!.layout),
    ]),
  )
}
