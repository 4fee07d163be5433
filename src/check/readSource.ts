import { TwinferError } from '../errors/TwinferError.js'
import { identifyModel } from '../inspect/identifyModel.js'
import { readMnnContent } from '../inspect/mnn/readMnnContent.js'
import { readParam } from '../inspect/ncnn/readParam.js'

export type CheckedEngine = 'ncnn' | 'mnn'

/** A .param, text or binary, or an .mnn. */
export interface ModelSource {
  readonly engine: CheckedEngine
  readonly file: string
  readonly content: Uint8Array
}

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

/** Reads a model. Throws TWINFER_MODEL_INVALID where the file is none at all. */
export async function readSource(file: string, engine: CheckedEngine): Promise<ModelSource> {
  const content = await (engine === 'ncnn' ? readParam(file) : readMnnContent(file))
  return { engine, file, content }
}
