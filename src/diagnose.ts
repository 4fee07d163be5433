// 'twinfer/diagnose': why a converted model, or what an application makes of it, is not as the original.
export { type Cause, type CauseCode, causeCodes, type Fix, type Rejected } from './diagnose/Cause.js'
export type { Rung, RungName } from './diagnose/Climb.js'
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose/diagnose.js'
export type { ExtractedInput, ExtractedOutput, Extraction } from './diagnose/extract/Extraction.js'
export { type ExtractOptions, extract } from './diagnose/extract/extract.js'
export { findMixedPrecision } from './diagnose/mixed/findMixedPrecision.js'
export type {
  MixedLayer,
  MixedMeasure,
  MixedOpenLines,
  MixedOptions,
  MixedOutcome,
  MixedPrecision,
  MixedStorage,
} from './diagnose/mixed/MixedPrecision.js'
export type { Bridge } from './diagnose/mixed/maskLayers.js'
export type { GoldenInputs } from './diagnose/model/openGolden.js'
export type { Agreement, AppliedRemedy } from './diagnose/remedies.js'
export type { Sample } from './diagnose/Sample.js'
export type { Pixels, Preprocessing } from './preprocess/Preprocessing.js'
export { Tensor, type TensorOptions } from './tensor/Tensor.js'
