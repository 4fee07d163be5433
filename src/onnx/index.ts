export { OnnxModel } from './OnnxModel.js'
export { openOnnx } from './openOnnx.js'
