import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { ModelFile } from '../file/ModelFile.js'
import { readText } from '../file/readText.js'
import { type CpuIdentity, cpuIdentity } from '../native/load/host.js'
import { native } from '../native/native.js'
import { type OpenOptions, type Precision, precisions } from './options.js'

/** The settings that `twinfer tune` found for one model on one machine. */
export interface TunedModel {
  /** Its name, without a folder. */
  readonly file: string
  /** Over its files, as golden packs and sidecars have it. */
  readonly sha256: string
  readonly engine: 'ncnn' | 'mnn'
  readonly engineVersion: string
  readonly options: {
    readonly precision: Precision
    readonly threads: number
    readonly device: NonNullable<OpenOptions['device']>
    readonly engineOptions: NonNullable<OpenOptions['engineOptions']>
  }
  /** What was measured with them: milliseconds of a run, its spread, SQNR, memory. */
  readonly evidence: Readonly<Record<string, number | null>>
}

/** What `twinfer tune` writes, and `open(model, { tuned })` applies. */
export interface TunedFile {
  readonly format: 'twinfer-tuned'
  readonly version: 1
  readonly twinfer: string
  /** ISO 8601. */
  readonly created: string
  readonly cpu: CpuIdentity
  readonly bar: { readonly minSqnrDb: number; readonly maxMemoryMb: number | null }
  readonly reference: string
  /** The `file` of the fastest of the models. */
  readonly fastest: string
  readonly models: readonly TunedModel[]
}

const formatVersion = 1

/** Options of engines that name a file, to be read and written: no tuned file may choose one on another's machine. */
const filesOfEngines: readonly string[] = ['pipeline_cache', 'cacheFile']

/** Options as a tuned file keeps them. */
export function switchesOf(
  engineOptions: TunedModel['options']['engineOptions'],
): TunedModel['options']['engineOptions'] {
  return Object.fromEntries(Object.entries(engineOptions).filter(([name]) => !filesOfEngines.includes(name)))
}

/** The options of `open()` for a model, with what is given beside the file; what else is to be said of it. */
export interface AppliedTuning {
  readonly options: OpenOptions
  readonly notes: readonly string[]
}

/**
 * @throws TwinferError what `readTuned` throws, and TWINFER_TUNED_MISMATCH where the model, the version of its engine or
 *   the CPU is another one than was tuned.
 */
export async function applyTuned(
  file: ModelFile,
  path: string | URL,
  given: OpenOptions,
): Promise<AppliedTuning> {
  const { tuned, name } = await readTuned(path)
  const { sha256 } = await file.digest()
  const own = tuned.models.find((model) => model.sha256 === sha256)
  if (!own) {
    const known = tuned.models.map((model) => `${model.file} (SHA-256 ${model.sha256.slice(0, 12)}…)`)
    throw mismatch(name, `for ${known.join(' and ')}`, `${file.name} with SHA-256 ${sha256.slice(0, 12)}…`)
  }
  const version = native().versions[own.engine]
  if (version !== own.engineVersion) throw mismatch(name, `on ${own.engine} ${own.engineVersion}`, version)
  const cpu = cpuIdentity()
  if (describeCpu(cpu) !== describeCpu(tuned.cpu)) {
    throw mismatch(name, `on ${describeCpu(tuned.cpu)}`, describeCpu(cpu))
  }
  // By their names: whatever else the file has as an option, a path of weights or of a sidecar, is nobody's choice.
  const { precision, threads, device } = own.options
  const engineOptions = { ...own.options.engineOptions, ...given.engineOptions }
  const other = own.file === tuned.fastest ? [] : [`${name}: ${tuned.fastest} is faster on this machine`]
  return { options: { precision, threads, device, ...given, engineOptions }, notes: other }
}

function describeCpu({ model, logicalCpus, features }: CpuIdentity): string {
  return `${model} with ${logicalCpus} logical CPUs (${features.join(' ')})`
}

function mismatch(name: string, expected: string, received: string): TwinferError {
  return new TwinferError(
    'TWINFER_TUNED_MISMATCH',
    `${name}: expected to be used as it was tuned, ${expected}; received ${received}`,
    { help: 'What was fastest there need not be here: run `twinfer tune` again.' },
  )
}

/**
 * @throws TwinferError what `readText` throws, and TWINFER_TUNED_INVALID for what `twinfer tune` did
 *   not write, or another version of it.
 */
export async function readTuned(
  path: string | URL,
): Promise<{ readonly tuned: TunedFile; readonly name: string }> {
  if (typeof path !== 'string' && !(path instanceof URL)) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `expected tuned as a path or a file URL, received ${describeValue(path)}`,
    )
  }
  const file = path instanceof URL ? fileURLToPath(path) : path
  return { tuned: parseTuned(await readText(file), file), name: basename(file) }
}

/** `name` is for messages. Throws TWINFER_TUNED_INVALID. */
export function parseTuned(text: string, name: string): TunedFile {
  let json: Partial<TunedFile> | null
  try {
    json = JSON.parse(text) as Partial<TunedFile> | null
  } catch (cause) {
    throw invalid(name, `JSON, received ${(cause as Error).message}`, cause)
  }
  if (json?.format !== 'twinfer-tuned') throw invalid(name, `"format": "twinfer-tuned"`)
  if (json.version !== formatVersion)
    throw invalid(name, `version ${formatVersion}, received ${json.version}`)
  const { cpu, models, fastest } = json
  if (typeof cpu?.model !== 'string' || !isNumber(cpu.logicalCpus) || !Array.isArray(cpu.features)) {
    throw invalid(name, 'cpu with model, logicalCpus and features')
  }
  if (!Array.isArray(models) || models.length === 0 || !models.every(isModel)) {
    throw invalid(name, 'models with file, sha256, engine, engineVersion and options')
  }
  for (const { options } of models) {
    const path = Object.keys(options.engineOptions).find((option) => filesOfEngines.includes(option))
    if (path !== undefined)
      throw invalid(name, `switches as engineOptions, received ${path}, which names a file: give it beside`)
  }
  if (!models.some(({ file }) => file === fastest)) throw invalid(name, 'fastest as the file of a model')
  return json as TunedFile
}

function isModel(value: unknown): value is TunedModel {
  const model = value as Partial<TunedModel> | null
  const options = model?.options
  return (
    typeof model?.file === 'string' &&
    typeof model.sha256 === 'string' &&
    typeof model.engineVersion === 'string' &&
    (model.engine === 'ncnn' || model.engine === 'mnn') &&
    precisions.includes(options?.precision as Precision) &&
    isNumber(options?.threads) &&
    typeof options?.device === 'string' &&
    typeof options.engineOptions === 'object' &&
    options.engineOptions !== null
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function invalid(name: string, expected: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_TUNED_INVALID', `${name}: expected ${expected}`, {
    help: 'Write it with `twinfer tune`.',
    cause,
  })
}
