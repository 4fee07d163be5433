import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { conformInputs, type PairableInput } from '../compare/outputs/pairInputs.js'
import { ModelReference } from '../diagnose/model/ModelReference.js'
import { naming } from '../errors/naming.js'
import type { OptionNames } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import type { OpenOptions, Precision, TensorInfo } from '../model/options.js'
import type { DType } from '../tensor/DType.js'
import { randomFeed } from '../tensor/randomTensor.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { RanOutputs } from './accuracy.js'
import type { BenchReport } from './BenchReport.js'
import type { BenchEngine, EngineOptions, Setting } from './Setting.js'
import type { Sweep, SweptModel } from './sweep.js'
import { Workbench } from './Workbench.js'

/** An input as a model or a reference describes it. */
export type DescribedInput = PairableInput & { readonly dtype?: DType }

/** Inputs of several runs, and where they come from. */
export interface MadeInputs {
  readonly source: 'given' | 'random'
  readonly seed: number | null
  readonly feeds: readonly NamedTensors[]
}

/**
 * Inputs of one run or of several, the first of which is timed, by the names of the reference or of one of the models; or
 * what makes them, for whoever has to know first which inputs there are.
 */
export type BenchInputs =
  | NamedTensors
  | readonly NamedTensors[]
  | ((inputs: readonly DescribedInput[]) => Promise<MadeInputs>)

/** What is fixed while settings change. */
export interface PrepareOptions {
  /** Default: random values, the same each time. A golden pack holds its own. */
  readonly inputs?: BenchInputs
  /** The names that `inputs` will use, where a function makes them. */
  readonly inputNames?: readonly string[]
  /** Of the random values. Default: 1. */
  readonly seed?: number
  /** An .onnx, another model, or a golden pack. Default: each model in fp32 on the CPU. */
  readonly reference?: string
  /** Puts a run of the original by onnxruntime-node beside the others. */
  readonly against?: 'onnxruntime'
  /** Shapes of inputs that the models leave open, by name. */
  readonly inputShapes?: OpenOptions['inputShapes']
  readonly sweep?: Sweep
  /** Of what is not swept. Default: `default`. */
  readonly precision?: Precision
  readonly threads?: number
  readonly device?: Setting['device']
  readonly engineOptions?: EngineOptions | ((engine: BenchEngine) => EngineOptions)
  /** Seconds after which a process that does not answer is ended. Default: 120. */
  readonly timeLimit?: number
}

/** Of what `bench()` and `tune()` share. */
export const sharedOptionNames: OptionNames<Omit<PrepareOptions, 'sweep' | 'against'>> = {
  inputs: true,
  inputNames: true,
  seed: true,
  reference: true,
  inputShapes: true,
  precision: true,
  threads: true,
  device: true,
  engineOptions: true,
  timeLimit: true,
}

/** A model with what it is fed and held against. */
export interface PreparedModel extends SweptModel {
  readonly feeds: readonly NamedTensors[]
  /** Null where nothing could be found to hold it against. */
  readonly expected: RanOutputs | null
}

export interface Prepared extends Pick<BenchReport, 'inputs' | 'reference'> {
  readonly models: readonly PreparedModel[]
  readonly notes: readonly string[]
}

/** Opens every model once, finds its inputs, and what its outputs are held against. Throws what opening a model throws. */
export async function prepare(sources: readonly ModelSource[], options: PrepareOptions): Promise<Prepared> {
  const files = await modelFiles(sources, options)
  const reference =
    options.reference === undefined ? undefined : await ModelReference.openPath(options.reference, 1)
  try {
    const notes: string[] = []
    const looked: LookedAt[] = []
    for (const file of files)
      looked.push(await naming(file.name, () => lookAt(file, options, looked[0]?.threads, notes)))
    const named = namingInputs(reference, looked, options)
    const { feeds, ...inputs } = await findInputs(named, reference, options)
    const golden = reference && (await runReference(reference, named, feeds))
    const models: PreparedModel[] = []
    for (const model of looked) {
      const own = model.inputs
        ? feeds.map((each) => conformed(named, model.file.name, model.inputs!, each))
        : []
      const expected = golden ?? (own.length > 0 ? await runInFp32(model, own, options, notes) : null)
      models.push({ ...model, feeds: own, expected })
    }
    return { models, inputs, reference: options.reference ?? 'fp32', notes }
  } finally {
    await reference?.dispose()
  }
}

interface LookedAt extends SweptModel {
  readonly inputs: readonly TensorInfo[] | undefined
}

async function modelFiles(
  sources: readonly ModelSource[],
  { sweep = {}, against, reference }: PrepareOptions,
): Promise<readonly ModelFile[]> {
  const files: ModelFile[] = []
  for (const source of sources) files.push(await ModelFile.from(source))
  const wanted = sweep.engine === 'all' ? ['ncnn', 'mnn'] : (sweep.engine ?? [])
  const found = new Set(files.map(({ engine }) => engine))
  for (const engine of ['ncnn', 'mnn'] as const) {
    const path = wanted.includes(engine) && !found.has(engine) ? besideOf(files[0]!, engine) : undefined
    if (path !== undefined) files.push(await ModelFile.from(path))
  }
  if ((against || wanted.includes('onnxruntime')) && !found.has('onnx')) {
    files.push(await originalOf(files[0]!, reference))
  }
  return files
}

/** `model.ncnn.param`, `model.mnn` and `model.onnx` are one network. */
function besideOf({ path }: ModelFile, engine: 'ncnn' | 'mnn' | 'onnx'): string | undefined {
  const stem = path?.replace(/(\.ncnn)?\.param(\.bin)?$|\.mnn$|\.onnx$/i, '')
  const endings = { ncnn: ['.ncnn.param', '.param'], mnn: ['.mnn'], onnx: ['.onnx'] }[engine]
  return stem === undefined
    ? undefined
    : endings.map((ending) => stem + ending).find((file) => existsSync(file))
}

async function originalOf(file: ModelFile, reference: string | undefined): Promise<ModelFile> {
  const path = /\.onnx$/i.test(reference ?? '') ? reference : besideOf(file, 'onnx')
  if (path !== undefined) return ModelFile.from(path)
  throw new TwinferError(
    'TWINFER_USAGE',
    `expected an .onnx for onnxruntime to run, received none, and none lies beside ${file.name}`,
    { help: 'Give the original with --reference MODEL.onnx.' },
  )
}

/** Its inputs and its switches, from a run of nothing in a process of its own; a crash is left to the settings. */
async function lookAt(
  file: ModelFile,
  { inputShapes, timeLimit }: PrepareOptions,
  threads: number | undefined,
  notes: string[],
): Promise<LookedAt> {
  const engine: BenchEngine = file.engine === 'onnx' ? 'onnxruntime' : file.engine
  if (engine !== 'onnxruntime') await file.requireKind()
  progress(`looking at ${file.name}`)
  const bench = new Workbench({ patienceMs: limitMs(timeLimit) })
  try {
    const { inputs, effective } = await bench.open(0, plainSetting(file, engine), inputShapes)
    // A small model has one thread by default, and is worth trying with more.
    const own =
      engine === 'onnxruntime' ? (threads ?? 1) : Math.max(effective.threads, availableParallelism())
    return { file, engine, inputs, options: effective.options, threads: own }
  } catch (error) {
    if (!(error instanceof TwinferError) || error.code !== 'TWINFER_ENGINE_CRASHED') throw error
    notes.push(`${file.name}: opening it as it is ends the process`)
    return { file, engine, inputs: undefined, options: undefined, threads: threads ?? 1 }
  } finally {
    bench.dispose()
  }
}

export function limitMs(seconds = 120): number {
  return seconds * 1000
}

function plainSetting(file: ModelFile, engine: BenchEngine, precision: Precision = 'default'): Setting {
  return { file, engine, precision, threads: undefined, device: 'cpu', engineOptions: {} }
}

/**
 * Whose names the inputs have: those of the reference, else of the first model that states its shapes, else of the first;
 * where names are given, of the first of these that has all of them.
 */
function namingInputs(
  reference: ModelReference | undefined,
  models: readonly LookedAt[],
  { inputs, inputNames }: PrepareOptions,
): readonly DescribedInput[] {
  const known = models.flatMap((model) => (model.inputs ? [model.inputs] : []))
  const closed = known.filter((one) => one.every(({ shape }) => shape !== undefined))
  const all: readonly (readonly DescribedInput[])[] = [
    ...(reference ? [reference.inputs] : []),
    ...closed,
    ...known,
  ]
  const [first] = inputs === undefined || typeof inputs === 'function' ? [] : feedsOf(inputs)
  const wanted = inputNames ?? Object.keys(first ?? {})
  const fitting = all.find((one) => wanted.every((name) => one.some((input) => input.name === name)))
  return fitting ?? all[0] ?? []
}

function feedsOf(inputs: NamedTensors | readonly NamedTensors[]): readonly NamedTensors[] {
  return Array.isArray(inputs) ? inputs : [inputs as NamedTensors]
}

const defaultSeed = 1

async function findInputs(
  infos: readonly DescribedInput[],
  reference: ModelReference | undefined,
  { inputs, seed, inputShapes }: PrepareOptions,
): Promise<BenchReport['inputs'] & { readonly feeds: readonly NamedTensors[] }> {
  if (typeof inputs === 'function') {
    const made = await inputs(infos)
    return { ...made, count: made.feeds.length }
  }
  const given = inputs === undefined ? [] : feedsOf(inputs)
  if (given.length > 0) return { source: 'given', count: given.length, seed: null, feeds: given }
  const recorded = await reference?.recorded()
  if (recorded) return { source: 'recorded', count: 1, seed: null, feeds: [recorded.inputs] }
  const used = infos.filter(({ unused }) => !unused)
  const feed = randomFeed(used, seed ?? defaultSeed, inputShapes)
  return { source: 'random', count: 1, seed: seed ?? defaultSeed, feeds: [feed] }
}

function conformed(
  infos: readonly DescribedInput[],
  name: string,
  inputs: readonly TensorInfo[],
  feed: NamedTensors,
): NamedTensors {
  const { feeds, pairing } = conformInputs(infos, inputs, feed)
  const missing = pairing.missing.find((input) => !inputs.find((one) => one.name === input)?.unused)
  if (missing === undefined) return feeds
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `${name}: nothing tells which of the inputs (${Object.keys(feed).join(', ') || 'none is given'}) is its '${missing}'`,
    { help: `Give it by name: -i ${missing}=FILE.npy.` },
  )
}

async function runReference(
  reference: ModelReference,
  named: readonly DescribedInput[],
  feeds: readonly NamedTensors[],
): Promise<RanOutputs> {
  progress(`running ${reference.name}`)
  const recorded = await reference.recorded()
  const outputs: NamedTensors[] = []
  for (const feed of feeds) {
    if (feed === recorded?.inputs) outputs.push(recorded.outputs)
    else {
      // What an .onnx or another model describes has all that a TensorInfo has; of a pack the names are the same.
      const own = reference.inputs as readonly TensorInfo[]
      const conforming = named === reference.inputs ? feed : conformed(named, reference.name, own, feed)
      outputs.push((await reference.run(conforming)).outputs)
    }
  }
  return { outputs, names: reference.outputNames, isOriginal: reference.isOriginal }
}

/** The model itself where everything low is off; what cannot run so has nothing to be held against. */
async function runInFp32(
  { file, engine }: LookedAt,
  feeds: readonly NamedTensors[],
  { inputShapes, timeLimit }: PrepareOptions,
  notes: string[],
): Promise<RanOutputs | null> {
  const bench = new Workbench({ patienceMs: limitMs(timeLimit) })
  try {
    // One thread, whose sums come in one order.
    const setting = { ...plainSetting(file, engine, 'fp32'), threads: 1 }
    const opened = await bench.open(0, setting, inputShapes)
    const { outputs } = await bench.run(0, feeds)
    return { outputs, names: opened.outputs, isOriginal: engine === 'onnxruntime' }
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    const { code, message, help, log } = error
    if (code !== 'TWINFER_ENGINE_CRASHED' && code !== 'TWINFER_ENGINE_FAILED') {
      throw new TwinferError(code, `${file.name}: ${message}`, { help, log, cause: error })
    }
    notes.push(
      `${file.name}: it cannot run in fp32 on the CPU, so nothing is known of its accuracy: ${error.message}`,
    )
    return null
  } finally {
    bench.dispose()
  }
}
