import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'

/** What a model is held against. */
export interface Comparand {
  readonly graph?: OnnxGraph | undefined
  /** Weights of one layer as another reader read them. */
  readonly dump?: Float32Array | undefined
}
