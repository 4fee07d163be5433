import { TwinferError } from '../errors/TwinferError.js'
import { identifyModel } from '../inspect/identifyModel.js'
import type { MnnModel } from './mnn/MnnModel.js'
import { readMnn } from './mnn/readMnn.js'
import type { NcnnSource } from './ncnn/NcnnSource.js'
import { readNcnn } from './ncnn/readNcnn.js'

type ModelSource =
  | { readonly engine: 'ncnn'; readonly source: NcnnSource }
  | { readonly engine: 'mnn'; readonly source: MnnModel }

export type CheckedEngine = ModelSource['engine']

/**
 * Which of the two engines reads this file. Throws TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID for what is
 * no model, and TWINFER_MODEL_UNSUPPORTED for an .onnx.
 */
export async function checkedEngine(path: string): Promise<CheckedEngine> {
  const engine = await identifyModel(path)
  if (engine !== 'onnx') return engine
  throw new TwinferError('TWINFER_MODEL_UNSUPPORTED', `${path} is an ONNX model: expected .param or .mnn`, {
    help: 'Give the converted model, and the .onnx with --against.',
  })
}

/** Reads a model as far as it can be read. Throws TWINFER_MODEL_INVALID where it is none at all. */
export async function readSource(path: string, engine: CheckedEngine): Promise<ModelSource> {
  return engine === 'ncnn'
    ? { engine, source: await readNcnn(path) }
    : { engine, source: await readMnn(path) }
}
