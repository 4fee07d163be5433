import type { Cause } from '../../diagnose/Cause.js'
import { isHarmless, outcomeOf } from '../../diagnose/conclude.js'
import { diagnoseWith } from '../../diagnose/diagnose.js'
import type { Sample } from '../../diagnose/Sample.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { linesOf } from '../../format/visibleText.js'
import type { OpenOptions } from '../../model/options.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { findSidecar, readSidecar } from '../../preprocess/sidecar/sidecarFile.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import type { CommandResult } from '../CommandResult.js'
import { openApart } from '../check/openApart.js'
import { readRecordedOutputs } from '../compare/obtainReference.js'
import { type ModelOptions, openOptions } from '../models/ModelOptions.js'
import { OutputFile } from '../output/OutputFile.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'
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
  /** Where remedies are written. */
  readonly fix?: string
  readonly report?: string
}

/** `twinfer diagnose`. */
export async function runDiagnosis(request: DiagnoseRequest): Promise<CommandResult> {
  const { image, goldenInput, deployedInput, referenceOutput, candidateOutput, sidecar } = request
  refuseOverwriting(
    { '--report': request.report },
    {
      models: [request.candidate, request.reference],
      inputs: [image, goldenInput, deployedInput, referenceOutput, candidateOutput, sidecar],
    },
  )
  const page = request.report === undefined ? undefined : await OutputFile.at(request.report)
  const candidate = await ModelFile.from(request.candidate)
  const samples = await readSamples(request)
  const record = await recordFor(candidate, request)
  const { fix } = request
  const diagnosis = await diagnoseWith(openApart, candidate, {
    ...optionsFor(candidate, request),
    samples,
    ...(record && { record }),
    ...(fix !== undefined && { fix }),
    ...(request.reference !== undefined && { reference: request.reference }),
  })
  const { causes, rejected, missing, rungs, remedies } = diagnosis
  const document = {
    candidate: request.candidate,
    reference: request.reference ?? null,
    causes,
    rejected,
    missing,
    rungs,
    remedies,
  }
  const lines = [printDiagnosis(document)]
  if (fix !== undefined && remedies.length === 0) lines.push(noRemedy(causes))
  if (page) {
    await page.write(renderDiagnosis(document, new Date().toISOString(), reportEnvironment()))
    lines.push(`report: ${page.path}`)
  }
  return { exitCode: exitCodes[outcomeOf(causes)], document, text: linesOf(lines) }
}

function noRemedy([first]: readonly Cause[]): string {
  return first === undefined || isHarmless(first)
    ? '--fix: there is nothing to mend'
    : `--fix: nothing was written: no remedy for ${first.code} on the candidate's side made it agree better, with what was given`
}

/** The record of the one input that is made of a picture; undefined where there is no sidecar. */
async function recordFor(
  { path }: ModelFile,
  { sidecar }: DiagnoseRequest,
): Promise<Preprocessing | undefined> {
  const read = sidecar === undefined ? path && (await findSidecar(path)) : await readSidecar(sidecar)
  if (!read) return undefined
  const records = Object.values(read.sidecar.inputs)
  if (records.length === 1) return records[0]!.image
  throw new TwinferError(
    'TWINFER_MODEL_UNSUPPORTED',
    `${read.path}: expected the record of one input, received ${records.length}`,
  )
}

/** The files are not looked at yet: whatever is wrong with them is an answer. */
function optionsFor({ engine, name }: ModelFile, request: DiagnoseRequest): OpenOptions {
  if (engine !== 'onnx') return openOptions(engine, request)
  throw new TwinferError('TWINFER_USAGE', `expected a converted model as the candidate, received ${name}`, {
    help: 'Give the .onnx as --reference, and the .param or .mnn that was made of it as the candidate.',
  })
}

const exitCodes = { pass: 0, fail: 1, inconclusive: 3 } as const

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
