export type * from './graph/OnnxGraph.js'
export { readOnnxGraph } from './graph/readOnnxGraph.js'
export { OnnxModel } from './OnnxModel.js'
export { openOnnx } from './openOnnx.js'
