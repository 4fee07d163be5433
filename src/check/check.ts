import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { summariseStorages } from '../file/storages.js'
import { readOnnxGraph } from '../onnx/graph/readOnnxFile.js'
import { float32Values } from '../tensor/convertTensor.js'
import { requireTensor } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Comparand } from './against/Comparand.js'
import { SourceValues } from './against/SourceWeight.js'
import { nothingCompared, type WeightComparison } from './against/WeightComparison.js'
import { checkMnn } from './checkMnn.js'
import { checkNcnn } from './checkNcnn.js'
import type { CheckReport } from './Finding.js'
import { type FileCheck, FindingList } from './FindingList.js'
import { type Opener, openHere, tryOpening, tryRunning } from './tryOpening.js'

export interface CheckOptions {
  /** Path of the .onnx that the model was converted from: its weights are compared by direction. */
  readonly against?: string | undefined
  /** Weights of one layer as another reader read them, in any shape: the report says how they are off. */
  readonly dump?: Tensor | undefined
  /** Warnings count as errors do: `ok` is false for either. Default: false. */
  readonly strict?: boolean | undefined
  /** Runs a sound model once on random values, in a process of its own. Default: false. */
  readonly run?: boolean | undefined
}

const optionNames: OptionNames<CheckOptions> = { against: true, dump: true, strict: true, run: true }

/**
 * Checks a .param (with the .bin beside it) or an .mnn without running it (but with `run`): whether it is whole, what contradicts
 * itself, and whether its weights can be weights. What reads as sound is then opened as `open` does it, where
 * the addon loads, so that what the engine refuses is found too. Damage is found, not thrown.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_UNSUPPORTED for what cannot be checked
 * at all (an .onnx), TWINFER_INVALID_OPTION, and what `readOnnxGraph` throws for a damaged `against`.
 */
export const check = answering(
  'check',
  async function check(model: ModelSource, options: CheckOptions = {}): Promise<CheckReport> {
    requireOptions(options, optionNames)
    return checkWith(openHere, model, options)
  },
)

/** The same with another way to open the model. */
export async function checkWith(
  opener: Opener,
  model: ModelSource,
  options: CheckOptions,
): Promise<CheckReport> {
  return (await examine(opener, model, options)).report
}

/** A report, and what its findings about weights rest on. */
interface Examination {
  readonly report: CheckReport
  readonly compared: WeightComparison
}

/** The same for those who branch on how weights differ. Throws what `check` throws. */
export async function examine(
  opener: Opener,
  model: ModelSource,
  options: CheckOptions,
): Promise<Examination> {
  const { against, dump, strict = false, run = false } = options
  const file = await ModelFile.from(model)
  const engine = file.requireConverted('Give the converted model, and the .onnx with --against.')
  const graph = against === undefined ? undefined : await readOnnxGraph(against)
  const comparand: Comparand = {
    graph,
    sourceValues: graph && new SourceValues(graph),
    dump: dump && Float32Array.from(float32Values(requireTensor(dump, 'dump'))),
  }
  const read = await checkFiles(file, comparand)
  const { findings, layers, tensors, bytes, storages, compared } = read
  const isSound = () => findings.every((list) => list.isOk(false))
  if (isSound()) await tryOpening(file, opener, read)
  if (run && isSound()) await tryRunning(file, read)
  const report: CheckReport = {
    ok: findings.every((list) => list.isOk(strict)),
    model: file.name,
    engine,
    findings: FindingList.merge(...findings),
    layers: layers.length,
    weights: { tensors, bytes, storage: summariseStorages(storages), storages },
  }
  return { report, compared }
}

async function checkFiles(file: ModelFile, comparand: Comparand): Promise<FileCheck> {
  try {
    return await (file.engine === 'ncnn' ? checkNcnn(file, comparand) : checkMnn(file, comparand))
  } catch (error) {
    return unreadable(file, error)
  }
}

/** What is said of a file that is no model at all. Other errors (a missing file, a folder) are thrown again. */
function unreadable({ engine, name }: ModelFile, error: unknown): FileCheck {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
  const findings = new FindingList(name)
  // Of an .mnn, cpp/format says it; only what ends its WebAssembly comes here.
  const code = engine === 'mnn' ? 'damaged-table' : 'foreign-file'
  findings.error(code, error.message, { offset: 0, help: error.help })
  return { findings: [findings], layers: [], tensors: 0, bytes: 0, storages: [], compared: nothingCompared }
}
