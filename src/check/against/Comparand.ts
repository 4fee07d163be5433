import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'
import type { SourceValues } from './SourceValues.js'

/** What a model is held against. */
export interface Comparand {
  readonly graph?: OnnxGraph | undefined
  /** The constants of the graph, for what is remarkable and may be the source's. */
  readonly sourceValues?: SourceValues | undefined
  /** Weights of one layer as another reader read them. */
  readonly dump?: Float32Array | undefined
}
