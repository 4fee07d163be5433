// 'twinfer/preprocess': from pixels or sound to a model's input, and the record that says how.

export type * from './preprocess/audio/AudioPreprocessing.js'
export {
  type AudioPicture,
  type AudioStage,
  type AudioStageName,
  type AudioStages,
  audioStages,
} from './preprocess/audio/audioStages.js'
export { decodeWav } from './preprocess/audio/decodeWav.js'
export { preprocessAudio } from './preprocess/audio/preprocessAudio.js'
export { audioPresets } from './preprocess/audio/presets.js'
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
export { completeRecord } from './preprocess/sidecar/completeRecord.js'
export type { ModelTensor } from './preprocess/sidecar/imageInputs.js'
export type { Import, PartialRecord } from './preprocess/sidecar/imports/Import.js'
export { importRecord } from './preprocess/sidecar/imports/importRecord.js'
export type { ImageSource, InputSource, SoundSource } from './preprocess/sidecar/ModelRecord.js'
export { type DescribedModel, makeSidecar, type SidecarFields } from './preprocess/sidecar/makeSidecar.js'
export { parseSidecar } from './preprocess/sidecar/parseSidecar.js'
export { readLabels } from './preprocess/sidecar/readLabels.js'
export type * from './preprocess/sidecar/Sidecar.js'
export {
  findSidecar,
  type ReadSidecar,
  readSidecar,
  writeSidecar,
} from './preprocess/sidecar/sidecarFile.js'
export { sidecarPath } from './preprocess/sidecar/sidecarPath.js'
export { type SidecarFinding, verifySidecar } from './preprocess/sidecar/verifySidecar.js'
export type { ChannelStatistics } from './preprocess/stageStatistics.js'
