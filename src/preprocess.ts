// 'twinfer/preprocess': from pixels to a model's input.

export { decodeImage } from './preprocess/decodeImage.js'
export type * from './preprocess/Preprocessing.js'
export { preprocess } from './preprocess/preprocess.js'
export { interpolationsOf, resamplers } from './preprocess/resolvePreprocessing.js'
