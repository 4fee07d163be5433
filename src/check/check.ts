import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { readOnnxGraph } from '../onnx/graph/readOnnxGraph.js'
import { float32Values } from '../tensor/float32Values.js'
import { requireTensor } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Comparand } from './against/Comparand.js'
import { SourceValues } from './against/SourceValues.js'
import type { FileCheck } from './FileCheck.js'
import type { CheckReport } from './Finding.js'
import { FindingList } from './FindingList.js'
import { checkMnn } from './mnn/checkMnn.js'
import { checkNcnn } from './ncnn/checkNcnn.js'
import { type CheckedEngine, checkedEngine, readSource } from './readSource.js'
import { type Opener, openHere, tryOpening } from './tryOpening.js'
import { summariseStorages } from './weightStorage.js'

export interface CheckOptions {
  /** Path of the .onnx that the model was converted from: its weights are compared by direction. */
  readonly against?: string | undefined
  /** Weights of one layer as another reader read them, in any shape: the report says how they are off. */
  readonly dump?: Tensor | undefined
  /** Warnings count as errors do: `ok` is false for either. Default: false. */
  readonly strict?: boolean | undefined
}

/**
 * Checks a .param (with the .bin beside it) or an .mnn without running it: whether it is whole, what contradicts
 * itself, and whether its weights can be weights. What reads as sound is then opened as `open` does it, where
 * the addon loads, so that what the engine refuses is found too. Damage is found, not thrown.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_UNSUPPORTED for what cannot be checked
 * at all (an .onnx), TWINFER_INVALID_OPTION, and what `readOnnxGraph` throws for a damaged `against`.
 */
export const check = answering(
  'check',
  function check(path: string, options: CheckOptions = {}): Promise<CheckReport> {
    return checkWith(openHere, path, options)
  },
)

/** The same with another way to open the model. */
export async function checkWith(opener: Opener, path: string, options: CheckOptions): Promise<CheckReport> {
  const { against, dump, strict = false } = options
  const engine = await checkedEngine(path)
  const graph = against === undefined ? undefined : await readOnnxGraph(against)
  const comparand: Comparand = {
    graph,
    sourceValues: graph && new SourceValues(graph),
    dump: dump && Float32Array.from(float32Values(requireTensor(dump, 'dump'))),
  }
  const read = await checkFiles(path, engine, comparand)
  const { findings, layers, tensors, bytes, storages } = read
  if (findings.every((list) => list.isOk(false))) await tryOpening(path, engine, opener, read)
  return {
    ok: findings.every((list) => list.isOk(strict)),
    model: path,
    engine,
    findings: FindingList.merge(...findings),
    layers: layers.length,
    weights: { tensors, bytes, storage: summariseStorages(storages), storages },
  }
}

async function checkFiles(path: string, engine: CheckedEngine, comparand: Comparand): Promise<FileCheck> {
  try {
    const model = await readSource(path, engine)
    return await (engine === 'ncnn' ? checkNcnn(model, comparand) : checkMnn(model, comparand))
  } catch (error) {
    return unreadable(path, engine, error)
  }
}

/** What is said of a file that is no model at all. Other errors (a missing file, a folder) are thrown again. */
function unreadable(path: string, engine: CheckedEngine, error: unknown): FileCheck {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
  const findings = new FindingList(path)
  // Of an .mnn, cpp/format says it; only what ends its WebAssembly comes here.
  const code = engine === 'mnn' ? 'damaged-table' : 'foreign-file'
  findings.error(code, error.message, { offset: 0, help: error.help })
  return { findings: [findings], layers: [], tensors: 0, bytes: 0, storages: [] }
}
