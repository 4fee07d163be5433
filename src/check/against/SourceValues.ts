import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { Extremes } from '../weights/locateExtremes.js'
import type { StoredTensor } from '../weights/StoredTensor.js'
import { floatsOf, OnnxConstants } from './OnnxConstants.js'

const largestFloat16 = 65504

/** Answers whether what is remarkable about a tensor is so in the source model already. */
export class SourceValues {
  private readonly constants: OnnxConstants

  constructor(graph: OnnxGraph) {
    this.constants = new OnnxConstants(graph)
  }

  /** The constant with as many values, and with as many NaN, infinite ones and the same largest one among them. */
  withExtremes({ count, format }: StoredTensor, extremes: Extremes): string | undefined {
    for (const constant of this.constants.all()) {
      if (elementsOf(constant.shape) !== count) continue
      const values = floatsOf(constant)
      if (values && agrees(values, extremes, format === 'fp16' ? largestFloat16 : Number.MAX_VALUE))
        return constant.name
    }
    return undefined
  }
}

function agrees(values: Float32Array, { nan, infinite, maxAbs }: Extremes, largest: number): boolean {
  let [nans, beyond, most] = [0, 0, 0]
  for (const value of values) {
    const size = Math.abs(value)
    if (Number.isNaN(value)) nans++
    else if (size > largest || size === Number.POSITIVE_INFINITY) beyond++
    else if (size > most) most = size
  }
  return nans === nan && beyond === infinite && Math.abs(most - maxAbs) <= most / 100
}
