import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ModelFile } from '../file/ModelFile.js'
import { makeFolder } from '../file/makeFolder.js'
import { digestModel } from '../onnx/digestModel.js'
import { makeSidecar } from '../preprocess/sidecar/makeSidecar.js'
import { writeSidecar } from '../preprocess/sidecar/sidecarFile.js'
import { sidecarPath } from '../preprocess/sidecar/sidecarPath.js'
import { float32Values } from '../tensor/convertTensor.js'
import { fileError } from '../tensor/npy/fileError.js'
import { randomFeed } from '../tensor/randomTensor.js'
import type { Cause, CauseCode } from './Cause.js'
import type { Climb } from './Climb.js'
import type { Findings } from './Findings.js'
import { mendInput } from './input/mendInput.js'
import { recoveredImport } from './input/recoveredRecord.js'
import { Candidate } from './model/Candidate.js'
import type { FileFindings } from './model/diagnoseFiles.js'
import type { GoldenRun, ModelReference } from './model/ModelReference.js'
import { isOfFile, type ProvedRemedy, proveRemedy, remediesFor } from './model/proveRemedy.js'
import { nameOf, requirePlace } from './model/writeModel.js'
import { type Climbed, unlessOurs } from './rungs/climbRuns.js'

/** What was measured beside the original, without a remedy or with it. */
export interface Agreement {
  /** Null where nothing could be compared. */
  readonly sqnrDb: number | null
  /** Milliseconds of one run; null where nothing ran. */
  readonly ms: number | null
  readonly pass: boolean
}

/** A remedy that was applied, and what it brought. */
export interface AppliedRemedy {
  readonly code: CauseCode
  /** What was done, as an imperative sentence. */
  readonly said: string
  /** Files that were written. */
  readonly written: readonly string[]
  /** Options to open the candidate with, where they are the remedy. */
  readonly options: Readonly<Record<string, unknown>>
  /** On the golden inputs, or, where none was given, on random values: those are no verdict on real ones. */
  readonly measuredOn: 'golden' | 'random'
  /** Of outputs for a remedy of the model, of inputs for one of the preprocessing. */
  readonly before: Agreement
  readonly after: Agreement
  /** It did not pass before, and does now. */
  readonly mended: boolean
}

/**
 * Applies the cheapest remedy of each cause that can be mended on the candidate's side, and measures again. The
 * candidate's own files are never changed: corrected copies and records go into `folder`, in the place of those of an
 * earlier time; it is made where it is not there. `inputs` is what the inputs showed by themselves.
 *
 * Throws TWINFER_FILE_UNREADABLE where a file cannot be written, and TWINFER_INVALID_OPTION for a record that would
 * replace one.
 */
export async function applyRemedies(
  climb: Climb,
  climbed: Climbed | undefined,
  files: FileFindings,
  golden: readonly GoldenRun[],
  causes: readonly Cause[],
  inputs: Findings,
  folder: string,
): Promise<readonly AppliedRemedy[]> {
  const ran = climbed ?? (await notRun(climb, files, causes))
  const ofModel = ran ? await mendModel(ran, golden, causes, folder) : []
  const ofInput = await mendRecord(climb, climbed, inputs.causes, folder)
  return [...ofModel, ...(ofInput ? [ofInput] : [])]
}

/**
 * Refuses a folder that remedies cannot be written into, before anything is measured: TWINFER_FILE_UNREADABLE, and
 * TWINFER_INVALID_OPTION for the model's own.
 */
export async function requireFixFolder(file: ModelFile, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found && !found.isDirectory())
    throw await fileError(folder, 'write', Object.assign(new Error('it is no folder'), { code: 'ENOTDIR' }))
  await requirePlace(file, join(folder, nameOf(file)), true)
}

/** A candidate whose files told everything, so that it was not run; undefined where they are not to blame. */
async function notRun(
  { candidate: file, reference, options }: Climb,
  files: FileFindings,
  causes: readonly Cause[],
): Promise<Pick<Climbed, 'candidate' | 'model'> | undefined> {
  if (!reference || !causes.some(isOfFile)) return undefined
  return { candidate: await Candidate.of(file, options, reference), model: { ...files, files } }
}

const seed = 1

/** What the original makes of random values, where no input was given; none where it leaves a size open. */
async function randomRuns(reference: ModelReference): Promise<readonly GoldenRun[]> {
  try {
    return [await reference.run(randomFeed(reference.inputs, seed))]
  } catch (error) {
    unlessOurs(error)
    return []
  }
}

const isWhole = ({ inputs }: GoldenRun): boolean =>
  Object.values(inputs).every((tensor) => float32Values(tensor).every(Number.isFinite))

async function mendModel(
  { candidate, model }: Pick<Climbed, 'candidate' | 'model'>,
  golden: readonly GoldenRun[],
  causes: readonly Cause[],
  folder: string,
): Promise<readonly AppliedRemedy[]> {
  // What comes out of NaN says nothing.
  const given = golden.filter(isWhole)
  const runs = given.length > 0 ? given : await randomRuns(candidate.reference)
  if (runs.length === 0) return []
  const proved: ProvedRemedy[] = []
  for (const remedy of await remediesFor(candidate, { ...model, causes }, folder)) {
    if (proved.some((other) => other.mended && other.remedy.code === remedy.code)) continue
    const one = await proveRemedy(candidate, runs, remedy, proved[0]?.before)
    if (one) proved.push(one)
  }
  return proved.map(({ remedy: { code, options }, said, written, before, after, mended }) => ({
    code,
    said,
    written,
    options: { ...options },
    measuredOn: given.length > 0 ? 'golden' : 'random',
    before,
    after,
    mended,
  }))
}

/** The record of the golden input, where the picture gives it: written for the candidate, and the input made by it. */
async function mendRecord(
  { candidate: file, samples }: Climb,
  climbed: Climbed | undefined,
  causes: readonly Cause[],
  folder: string,
): Promise<AppliedRemedy | undefined> {
  const mended = climbed && mendInput(samples, causes)
  if (!mended) return undefined
  const { sample, record, said, before, after } = mended
  const path = join(folder, sidecarPath(basename(file.name)))
  await makeFolder(folder).catch(async (error) => {
    throw await fileError(folder, 'write', error)
  })
  const model = await climbed.candidate.open()
  try {
    const described = {
      name: file.name,
      digest: await digestModel(file),
      inputs: model.inputs,
      outputs: model.outputs,
    }
    await writeSidecar(
      path,
      makeSidecar(described, { imported: recoveredImport(sample.name, record), given: {} }),
      true,
    )
  } finally {
    await model.dispose()
  }
  return {
    code: causes[0]!.code,
    said,
    written: [path],
    options: {},
    measuredOn: 'golden',
    before: { ...before, ms: null },
    after: { ...after, ms: null },
    mended: after.pass && !before.pass,
  }
}
