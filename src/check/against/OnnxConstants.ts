import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { float32Values } from '../../tensor/float32Values.js'
import { Tensor } from '../../tensor/Tensor.js'

const floats = new Set(['float32', 'float64', 'float16', 'bfloat16'])

/** The constants of a graph by name: initializers, Constant nodes (some exporters write all weights so) and their copies. */
export class OnnxConstants {
  private readonly byName: Map<string, OnnxInitializer>

  constructor({ nodes, initializers }: OnnxGraph) {
    this.byName = new Map(initializers)
    for (const node of nodes) {
      const constant = this.made(node)
      if (constant) this.byName.set(node.outputs[0]!, constant)
    }
  }

  get(name: string): OnnxInitializer | undefined {
    return this.byName.get(name)
  }

  all(): Iterable<OnnxInitializer> {
    return new Set(this.byName.values())
  }

  /** The values of a constant of floats with at most `most` of them. */
  floats(name: string | undefined, most: number): Float32Array | undefined {
    const constant = name === undefined ? undefined : this.byName.get(name)
    return constant && elementsOf(constant.shape) <= most ? floatsOf(constant) : undefined
  }

  private made({ opType, attributes, inputs }: OnnxNode): OnnxInitializer | undefined {
    if (opType === 'Identity') return this.byName.get(inputs[0] ?? '')
    const value = opType === 'Constant' ? attributes.value : undefined
    return typeof value === 'object' && value !== null && 'data' in value ? value : undefined
  }
}

export function isFloat({ dtype }: OnnxInitializer): boolean {
  return dtype !== null && floats.has(dtype)
}

/** Undefined for a constant of another type. */
export function floatsOf(constant: OnnxInitializer): Float32Array | undefined {
  if (!isFloat(constant)) return undefined
  const values = float32Values(new Tensor(constant.data(), constant.shape, { dtype: constant.dtype! }))
  return values instanceof Float32Array ? values : Float32Array.from(values)
}
