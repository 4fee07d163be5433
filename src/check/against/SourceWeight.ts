import type { OnnxInitializer } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { float32Values } from '../../tensor/float32Values.js'
import { Tensor } from '../../tensor/Tensor.js'

export interface WeightUse {
  /** The axis of the output channels, which engines put first; or the gates of a recurrent layer. */
  readonly rows: 'first' | 'second' | 'gates' | 'any'
  /** Of a transposed convolution, whose two first axes are the other way round in each group. */
  readonly groups: number
}

/** A weight of the source model that a converter may have kept. */
export class SourceWeight {
  readonly count: number

  constructor(
    readonly name: string,
    readonly use: WeightUse,
    private readonly initializer: OnnxInitializer,
  ) {
    this.count = elementsOf(initializer.shape)
  }

  get shape(): readonly number[] {
    return this.initializer.shape
  }

  /** Decoded anew at each call: together they may be larger than the memory. */
  values(): Float32Array {
    const { shape, dtype } = this.initializer
    const values = float32Values(new Tensor(this.initializer.data(), shape, { dtype: dtype! }))
    return values instanceof Float32Array ? values : Float32Array.from(values)
  }
}
