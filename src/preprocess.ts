// 'twinfer/preprocess': from pixels to a model's input.

export { decodeImage } from './preprocess/decodeImage.js'
export { dumpStages } from './preprocess/dumpStages.js'
export type * from './preprocess/Preprocessing.js'
export { preprocess } from './preprocess/preprocess.js'
export {
  type PreprocessStages,
  preprocessStages,
  type Stage,
  type StageName,
} from './preprocess/preprocessStages.js'
export { interpolationsOf, resamplers } from './preprocess/resolvePreprocessing.js'
export type { ChannelStatistics } from './preprocess/stageStatistics.js'
