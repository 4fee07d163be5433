import type { DType } from '../tensor/DType.js'
import type { Layout } from '../tensor/Layout.js'

export interface TensorInfo {
  readonly name: string
  /** -1 where the model leaves a dimension open; undefined where it leaves all of them open. */
  readonly shape: readonly number[] | undefined
  readonly dtype: DType
  readonly layout: Layout
  /** Nothing that the model computes depends on this input, which may be left out. Only said of an .onnx. */
  readonly unused?: boolean
}
