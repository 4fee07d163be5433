import type { OnnxInitializer } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { float32Values } from '../../tensor/float32Values.js'
import { Tensor } from '../../tensor/Tensor.js'

export interface WeightUse {
  /** The axis of the output channels, which engines put first; or the gates of a recurrent layer. */
  readonly rows: 'first' | 'second' | 'gates' | 'any'
  /** Of a transposed convolution, whose two first axes are the other way round in each group. */
  readonly groups: number
  /** What each output channel, or all of them, is multiplied by behind the layer: converters fold it in. */
  readonly scales?: Float32Array | undefined
}

/** One of equal parts that a converter cuts a weight into: a direction of a recurrent layer, a group of a convolution. */
export interface WeightPart {
  readonly index: number
  readonly of: number
}

/** A weight of the source model that a converter may have kept. */
export class SourceWeight {
  readonly shape: readonly number[]
  readonly count: number

  constructor(
    readonly name: string,
    readonly use: WeightUse,
    private readonly initializer: OnnxInitializer,
    private readonly part?: WeightPart,
  ) {
    const [first = 1, ...rest] = initializer.shape
    const isDirection = use.rows === 'gates'
    this.shape = !part ? initializer.shape : isDirection ? rest : [first / part.of, ...rest]
    this.count = elementsOf(this.shape)
  }

  /** Whether both stand for the same values, or for some of them. */
  overlaps({ name, part }: SourceWeight): boolean {
    if (name !== this.name) return false
    return part === undefined || this.part === undefined || part.index === this.part.index
  }

  /** Decoded anew at each call: together they may be larger than the memory. */
  values(): Float32Array {
    const { shape, dtype } = this.initializer
    const values = float32Values(new Tensor(this.initializer.data(), shape, { dtype: dtype! }))
    const floats = values instanceof Float32Array ? values : Float32Array.from(values)
    if (this.part === undefined) return floats
    return floats.slice(this.part.index * this.count, (this.part.index + 1) * this.count)
  }
}
