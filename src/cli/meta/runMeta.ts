import { basename } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { shellWord } from '../../format/shellWord.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { digestModel } from '../../onnx/digestModel.js'
import { readOnnxGraph } from '../../onnx/graph/readOnnxFile.js'
import type { AudioPreprocessing, AudioPreset } from '../../preprocess/audio/AudioPreprocessing.js'
import type { PadRule, Preprocessing } from '../../preprocess/Preprocessing.js'
import type { ModelTensor } from '../../preprocess/sidecar/imageInputs.js'
import type { PartialRecord } from '../../preprocess/sidecar/imports/Import.js'
import { importRecord } from '../../preprocess/sidecar/imports/importRecord.js'
import { makeSidecar } from '../../preprocess/sidecar/makeSidecar.js'
import { readLabels } from '../../preprocess/sidecar/readLabels.js'
import type { OutputMeaning, Sidecar } from '../../preprocess/sidecar/Sidecar.js'
import { readSidecar, writeSidecar } from '../../preprocess/sidecar/sidecarFile.js'
import { hasSidecar, sidecarPath } from '../../preprocess/sidecar/sidecarPath.js'
import { type SidecarFinding, verifySidecar } from '../../preprocess/sidecar/verifySidecar.js'
import type { CommandResult } from '../CommandResult.js'
import { type RecoveredRecord, recoverRecord } from './recoverRecord.js'
import { sidecarLines } from './sidecarLines.js'

export interface MetaRequest extends RecordOptions {
  readonly action: 'init' | 'show' | 'verify'
  readonly model: string
  readonly sidecar?: string
  readonly from?: string
  readonly fromTensor?: string
  readonly image?: string
  readonly input?: string
  readonly output?: string
  readonly meaning?: OutputMeaning
  readonly labels?: string
  readonly threshold?: number
  readonly force?: boolean
  readonly preset?: AudioPreset
  readonly sampleRate?: number
  readonly field?: readonly string[]
}

/** The options that give a field of the record. */
interface RecordOptions
  extends Pick<Preprocessing, 'cropPct' | 'centring' | 'scale' | 'mean' | 'std' | 'layout' | 'dtype'>,
    Partial<Pick<Preprocessing, 'order' | 'fit' | 'resampler' | 'interpolation'>> {
  readonly width?: number
  readonly height?: number
  readonly padValue?: PadRule['value']
  readonly padPosition?: PadRule['position']
  /** Commander has true where `--no-…` is not given. */
  readonly antialias: boolean
  readonly exif: boolean
  readonly rounded: boolean
}

/** `twinfer meta`. */
export async function runMeta(request: MetaRequest): Promise<CommandResult> {
  const file = await ModelFile.from(request.model)
  const path = request.sidecar ?? sidecarPath(request.model)
  if (request.action === 'init') return initSidecar(request, file, path)
  requireNoInit(request)
  if (request.sidecar === undefined && !(await hasSidecar(request.model)))
    throw noSidecar(request.model, path)
  const { sidecar } = await readSidecar(path)
  return request.action === 'show' ? showSidecar(request.model, path, sidecar) : verify(file, path, sidecar)
}

/** The sidecar of another model, which has the nearest name, is not what was meant. */
function noSidecar(model: string, path: string): TwinferError {
  return new TwinferError('TWINFER_FILE_NOT_FOUND', `${model} has no sidecar: expected ${path}`, {
    help: `Write it with \`twinfer meta init ${shellWord(model)} --from SOURCE\`, or name another with --sidecar.`,
  })
}

async function initSidecar(request: MetaRequest, file: ModelFile, path: string): Promise<CommandResult> {
  const recovered = await recoveredRecord(request)
  const imported =
    recovered?.imported ?? (request.from === undefined ? undefined : await importRecord(request.from))
  const labels = request.labels === undefined ? undefined : await readLabels(request.labels)
  const tensors = await modelTensors(file)
  const { input, output, meaning, threshold } = request
  const sidecar = makeSidecar(
    { name: basename(file.name), digest: await digestModel(file), ...tensors },
    {
      imported,
      given: givenFields(request),
      audio: givenAudio(request),
      input,
      output,
      meaning,
      labels,
      threshold,
    },
  )
  await writeSidecar(path, sidecar, request.force)
  const record = Object.values(sidecar.inputs)[0]?.image
  const agreement = recovered && record ? [recovered.agreementNote(record)] : []
  const notes = [...agreement, ...(imported?.notes ?? [])]
  const text = linesOf([
    ...sidecarLines(path, sidecar),
    ...notes.map((note) => paint('yellow', `note: ${note}`)),
    paint('dim', `wrote ${path}`),
  ])
  return { exitCode: 0, document: documentOf(request.model, path, sidecar, { notes }), text }
}

/** Throws TWINFER_USAGE for two sources, and for a tensor without its picture. */
async function recoveredRecord({
  from,
  fromTensor,
  image,
}: MetaRequest): Promise<RecoveredRecord | undefined> {
  if (fromTensor !== undefined && from !== undefined) {
    throw new TwinferError('TWINFER_USAGE', 'expected --from or --from-tensor, received both')
  }
  if (fromTensor !== undefined && image !== undefined) return recoverRecord(fromTensor, image)
  if (fromTensor === undefined && image === undefined) return undefined
  throw new TwinferError('TWINFER_USAGE', 'expected --from-tensor and --image, received one of them', {
    help: 'The record is recovered from a tensor and the picture that it was made of.',
  })
}

function showSidecar(model: string, path: string, sidecar: Sidecar): CommandResult {
  return {
    exitCode: 0,
    document: documentOf(model, path, sidecar, {}),
    text: linesOf(sidecarLines(path, sidecar)),
  }
}

async function verify(file: ModelFile, path: string, sidecar: Sidecar): Promise<CommandResult> {
  const findings = verifySidecar(path, sidecar, await modelTensors(file), await digestModel(file))
  const ok = findings.length === 0
  const text = ok
    ? linesOf([
        path,
        `${paint('green', 'ok')}: it is of ${file.name}, and agrees with its inputs and outputs`,
      ])
    : linesOf([path, ...findings.map(findingLine), paint('red', `not in order: ${findings.length}`)])
  return { exitCode: ok ? 0 : 1, document: documentOf(file.name, path, sidecar, { ok, findings }), text }
}

function findingLine({ code, message }: SidecarFinding): string {
  return `${paint('red', code)}: ${message}`
}

interface Said {
  readonly ok?: boolean
  readonly findings?: readonly SidecarFinding[]
  readonly notes?: readonly string[]
}

function documentOf(model: string, path: string, record: Sidecar, said: Said) {
  const { ok = true, findings = [], notes = [] } = said
  return { ok, model, sidecar: path, record, findings, notes }
}

/** What a model's file says of its inputs and outputs; no engine is loaded. */
async function modelTensors(
  file: ModelFile,
): Promise<{ readonly inputs: readonly ModelTensor[]; readonly outputs: readonly ModelTensor[] }> {
  if (file.engine !== 'onnx') return file.summary()
  const { inputs, outputs } = await readOnnxGraph(file.requirePath())
  return { inputs, outputs }
}

/** Throws TWINFER_USAGE for one of two that belong together. */
function givenFields(request: MetaRequest): PartialRecord {
  const { width, height, padValue, padPosition, antialias, exif, rounded } = request
  const { order, fit, cropPct, resampler, interpolation, scale, mean, std, layout, dtype, centring } = request
  if ((width === undefined) !== (height === undefined)) {
    throw new TwinferError('TWINFER_USAGE', 'expected --width and --height, received one of them')
  }
  if (padPosition !== undefined && padValue === undefined) {
    throw new TwinferError('TWINFER_USAGE', 'expected --pad-value beside --pad-position, received none')
  }
  return {
    ...(width !== undefined && height !== undefined && { size: { width, height } }),
    ...(padValue !== undefined && {
      pad: { value: padValue, position: padPosition ?? (fit === 'pad' ? 'top-left' : 'centre') },
    }),
    ...(!antialias && { antialias }),
    ...(!exif && { exif }),
    ...(!rounded && { rounded }),
    centring,
    order,
    fit,
    cropPct,
    resampler,
    interpolation,
    scale,
    mean,
    std,
    layout,
    dtype,
  }
}

/** Of sound; undefined where nothing is given. Throws TWINFER_USAGE for a field without a value. */
function givenAudio({
  preset,
  sampleRate,
  field = [],
}: MetaRequest): Partial<AudioPreprocessing> | undefined {
  const fields = field.map((text) => {
    const [, name, value] = /^(\w+)=(.+)$/s.exec(text) ?? []
    if (name !== undefined && value !== undefined) return [name, parsedOr(value)] as const
    throw new TwinferError('TWINFER_USAGE', `expected --field NAME=VALUE, received ${text}`)
  })
  if (preset === undefined && sampleRate === undefined && fields.length === 0) return undefined
  return { ...(preset && { preset }), ...(sampleRate && { sampleRate }), ...Object.fromEntries(fields) }
}

/** JSON, or the word that is none. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Throws TWINFER_USAGE for an option of `init` where nothing is written. */
function requireNoInit(request: MetaRequest): void {
  const { action, model, sidecar, antialias, exif, rounded, ...others } = request
  const known = new Set(['json', 'quiet'])
  const [name] = [
    ...Object.keys(others).filter((key) => !known.has(key)),
    ...(antialias ? [] : ['no-antialias']),
    ...(exif ? [] : ['no-exif']),
    ...(rounded ? [] : ['no-rounded']),
  ]
  if (name === undefined) return
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new TwinferError(
    'TWINFER_USAGE',
    `expected \`meta ${action}\` without --${option}: nothing is written`,
    {
      help: 'Options of the record belong to `twinfer meta init`.',
    },
  )
}
