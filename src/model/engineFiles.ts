import { TwinferError } from '../errors/TwinferError.js'
import { type FileOrBytes, ModelFile, type ModelSource } from '../file/ModelFile.js'
import type { OpenOptions } from './options.js'

interface EngineFiles {
  readonly engine: 'ncnn' | 'mnn'
  readonly model: FileOrBytes
  readonly weights: FileOrBytes | undefined
}

/** The files of a model. Throws as `convertedFile` does, and TWINFER_FILE_NOT_FOUND where a `.param` has no `.bin`. */
export async function engineFiles(
  source: ModelSource,
  options: Pick<OpenOptions, 'engine' | 'weights'>,
): Promise<EngineFiles> {
  const file = await convertedFile(source, options)
  const { engine, model } = file
  return { engine, model, weights: engine === 'ncnn' ? await file.requireWeights() : undefined }
}

/** A model for one of the two engines. Throws what `ModelFile.from` throws, and TWINFER_MODEL_UNSUPPORTED for an .onnx. */
export async function convertedFile(
  source: ModelSource,
  { engine, weights }: Pick<OpenOptions, 'engine' | 'weights'>,
): Promise<ModelFile & { readonly engine: 'ncnn' | 'mnn' }> {
  const file = await ModelFile.from(source, { engine, weights })
  if (isConverted(file)) return file
  throw new TwinferError('TWINFER_MODEL_UNSUPPORTED', `expected a .param or an .mnn, received ${file.name}`, {
    help: 'ONNX runs through onnxruntime-node: use it as the reference of `twinfer compare`.',
  })
}

function isConverted(file: ModelFile): file is ModelFile & { readonly engine: 'ncnn' | 'mnn' } {
  return file.engine !== 'onnx'
}
