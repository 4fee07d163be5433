import type { Cause } from '../../diagnose/Cause.js'
import { isHarmless } from '../../diagnose/conclude.js'
import { diagnose } from '../../diagnose/diagnose.js'
import type { Sample } from '../../diagnose/Sample.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import type { CommandResult } from '../CommandResult.js'
import { readRecordedOutputs } from '../compare/obtainReference.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { OutputFile } from '../output/OutputFile.js'
import { runnableOptions } from '../pack/givenInputs.js'
import { reportEnvironment } from '../reports/writers.js'
import { printDiagnosis } from './printDiagnosis.js'
import { renderDiagnosis } from './renderDiagnosis.js'

/** What `twinfer diagnose` is asked; lists are in one order, one file a picture. */
export interface DiagnoseRequest extends ModelOptions {
  readonly candidate: string
  readonly reference?: string
  readonly image?: readonly string[]
  readonly goldenInput?: readonly string[]
  readonly deployedInput?: readonly string[]
  readonly referenceOutput?: readonly string[]
  readonly candidateOutput?: readonly string[]
  readonly sidecar?: string
  readonly report?: string
}

/** `twinfer diagnose`. */
export async function diagnoseModel(request: DiagnoseRequest): Promise<CommandResult> {
  const page = request.report === undefined ? undefined : await OutputFile.at(request.report)
  const candidate = await ModelFile.from(request.candidate)
  const samples = await readSamples(request)
  const diagnosis = await diagnose(candidate, {
    ...(await runnableOptions(candidate, request)),
    samples,
    ...(request.reference !== undefined && { reference: request.reference }),
  })
  const { causes, rejected, missing, rungs } = diagnosis
  const document = {
    candidate: request.candidate,
    reference: request.reference ?? null,
    causes,
    rejected,
    missing,
    rungs,
  }
  const lines = [printDiagnosis(document)]
  if (page) {
    await page.write(renderDiagnosis(document, new Date().toISOString(), reportEnvironment()))
    lines.push(`report: ${page.path}`)
  }
  return { exitCode: exitCodeOf(causes), document, text: lines.join('\n') }
}

function exitCodeOf(causes: readonly Cause[]): CommandResult['exitCode'] {
  if (causes[0]?.code === 'INCONCLUSIVE') return 3
  return causes.every(isHarmless) ? 0 : 1
}

const lists = ['image', 'goldenInput', 'deployedInput', 'referenceOutput', 'candidateOutput'] as const

/** Throws TWINFER_USAGE where one option has more files than another that is given. */
async function readSamples(request: DiagnoseRequest): Promise<readonly Sample[]> {
  const given = lists.filter((list) => request[list] !== undefined)
  const count = Math.max(0, ...given.map((list) => request[list]!.length))
  const short = given.find((list) => request[list]!.length !== count)
  if (short !== undefined) {
    throw new TwinferError(
      'TWINFER_USAGE',
      `expected ${count} files for ${optionOf(short)}, as for the others, received ${request[short]!.length}`,
      { help: 'Give each option one file a picture, in the same order.' },
    )
  }
  return Promise.all(Array.from({ length: count }, (_, at) => readSample(request, at)))
}

async function readSample(request: DiagnoseRequest, at: number): Promise<Sample> {
  const { image, goldenInput, deployedInput, referenceOutput, candidateOutput } = request
  const name = [image, deployedInput, goldenInput, candidateOutput, referenceOutput].find(Boolean)![at]!
  return {
    name,
    ...(image && { image: await decodeImage(image[at]!) }),
    ...(goldenInput && { golden: await readNpy(goldenInput[at]!) }),
    ...(deployedInput && { deployed: await readNpy(deployedInput[at]!) }),
    ...(referenceOutput && { referenceOutput: await readRecordedOutputs(referenceOutput[at]!) }),
    ...(candidateOutput && { candidateOutput: await readRecordedOutputs(candidateOutput[at]!) }),
  }
}

function optionOf(list: (typeof lists)[number]): string {
  return `--${list.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
