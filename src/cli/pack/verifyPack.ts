import { TwinferError } from '../../errors/TwinferError.js'
import { recordedModel } from '../../pack/findModel.js'
import type { FinishedVerdict, PackVerdict } from '../../pack/PackVerdict.js'
import { rejudgeWithValues } from '../../pack/rejudge.js'
import { verifyWithValues } from '../../pack/verify.js'
import type { CommandResult } from '../CommandResult.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import type { ReportFiles } from '../reports/ReportFiles.js'
import { reportWriters } from '../reports/reportWriters.js'
import { givenInputs } from './givenInputs.js'
import { printVerdict } from './printVerdict.js'
import { reportSource } from './reportSource.js'
import { runnableOptions } from './runnableOptions.js'

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
  const writers = await reportWriters(request, model === undefined ? [pack] : [pack, model])
  const finished = await (request.rejudge === undefined
    ? runAndJudge(request, warnings)
    : judgeAgain(request))
  const { verdict } = finished
  const { pass, run, number, ...judged } = verdict
  const document = {
    pass,
    pack,
    model: run.model.path,
    engine: run.model.engine,
    effective: { ...run.effective, engineVersion: run.versions.engine },
    ran: { date: run.date, machine: run.machine, versions: run.versions, model: run.model },
    noise: run.noise,
    ...judged,
    run: number,
    warnings,
  }
  const source = reportSource(pack, finished, warnings)
  const written: string[] = []
  for (const writer of writers) written.push(await writer.write(source))
  const text = [printVerdict(pack, verdict, warnings), ...written].join('\n')
  return { exitCode: exitCodeOf(verdict), document, text }
}

async function runAndJudge(request: VerifyPackRequest, warnings: string[]): Promise<FinishedVerdict> {
  const { pack, input, tolerance, repeat, append } = request
  const model = request.model ?? (await recordedModel(pack))
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
