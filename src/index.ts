// 'twinfer': one model on either engine.
export { TwinferError, type TwinferErrorCode, type TwinferErrorDetails } from './errors/TwinferError.js'
export type { Interpretation, Mask, MaskClass, RankedClass } from './model/interpretOutputs.js'
export { type Effective, Model } from './model/Model.js'
export type { RunFacts, RunResult, ZeroCopy } from './model/makeRunResult.js'
export { open, setLogger } from './model/open.js'
export {
  type LogLine,
  type OpenOptions,
  type Precision,
  type PredictOptions,
  precisions,
  type RunInputs,
  type RunManyOptions,
  type RunOptions,
  type RunSyncOptions,
  type TensorInfo,
} from './model/options.js'
export type { Prediction } from './model/predict.js'
export type { ManyInputs } from './model/runMany.js'
export type { Pixels, Preprocessing } from './preprocess/Preprocessing.js'
export type { ImageSource, InputSource, SoundSource } from './preprocess/sidecar/ModelRecord.js'
export type { Sidecar } from './preprocess/sidecar/Sidecar.js'
export type { DType, Layout, TypedArray } from './tensor/DType.js'
export { readNpy } from './tensor/npy/readNpy.js'
export { writeNpy } from './tensor/npy/writeNpy.js'
export { Tensor, type TensorOptions } from './tensor/Tensor.js'
