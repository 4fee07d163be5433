import { TwinferError } from '../errors/TwinferError.js'
import { type FileOrBytes, ModelFile, type ModelSource } from '../file/ModelFile.js'
import type { OpenOptions } from './options.js'

interface EngineFiles {
  readonly engine: 'ncnn' | 'mnn'
  readonly model: FileOrBytes
  readonly weights: FileOrBytes | undefined
}

/**
 * Which engine a model is for and which files it is made of. Throws what `ModelFile.from` throws,
 * TWINFER_MODEL_UNSUPPORTED for an .onnx, and TWINFER_FILE_NOT_FOUND where a `.param` has no `.bin`.
 */
export async function engineFiles(
  source: ModelSource,
  options: Pick<OpenOptions, 'engine' | 'weights'>,
): Promise<EngineFiles> {
  const file = await ModelFile.from(source, options)
  const { engine, model } = file
  if (engine === 'onnx') {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `expected a .param or an .mnn, received ${file.name}`,
      {
        help: 'ONNX runs through onnxruntime-node: use it as the reference of `twinfer compare`.',
      },
    )
  }
  return { engine, model, weights: engine === 'ncnn' ? await file.requireWeights() : undefined }
}
