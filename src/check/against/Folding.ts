import type { OnnxGraph, OnnxNode } from '../../onnx/graph/OnnxGraph.js'
import type { OnnxConstants } from './OnnxConstants.js'

const mostChannels = 1 << 20

/** What converters fold into the weights in front of it: batch norms and constant factors. */
export class Folding {
  private readonly readers = new Map<string, OnnxNode[]>()

  constructor(
    { nodes, outputs }: OnnxGraph,
    private readonly constants: OnnxConstants,
  ) {
    for (const node of nodes)
      for (const input of node.inputs) this.readers.set(input, [...(this.readers.get(input) ?? []), node])
    // An output of the model has to stay as it is.
    for (const { name } of outputs) this.readers.delete(name)
  }

  /** The factor of each output channel, or one for all; undefined where nothing is folded. */
  scalesBehind(node: OnnxNode): Float32Array | undefined {
    let scales: Float32Array | undefined
    let blob = node.outputs[0] ?? ''
    for (;;) {
      const [reader, ...others] = this.readers.get(blob) ?? []
      if (!reader || others.length > 0) return scales
      const factors = this.factorsOf(reader, blob)
      if (factors === undefined) return scales
      const product = multiply(scales, factors)
      if (!product) return scales
      scales = product
      blob = reader.outputs[0] ?? ''
    }
  }

  /** Undefined for a node that is folded into nothing. */
  private factorsOf({ opType, inputs, attributes }: OnnxNode, blob: string): Float32Array | undefined {
    const constant = (index: number) => this.constants.floats(inputs[index], mostChannels)
    switch (opType) {
      case 'BatchNormalization': {
        const [scale, variance] = [constant(1), constant(4)]
        const epsilon = Number(attributes.epsilon ?? 1e-5)
        return variance && scale?.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon))
      }
      case 'Mul':
        return constant(inputs[0] === blob ? 1 : 0)
      case 'Div':
        return inputs[0] === blob ? constant(1)?.map((value) => 1 / value) : undefined
      case 'Add':
      case 'Sub':
        return constant(inputs[0] === blob ? 1 : 0) && Float32Array.of(1)
      default:
        return undefined
    }
  }
}

/** Undefined where they are of different lengths, of which one factor for all is none. */
function multiply(a: Float32Array | undefined, b: Float32Array): Float32Array | undefined {
  if (!a) return b
  if (b.length === 1) return a.map((value) => value * b[0]!)
  if (a.length === 1) return b.map((value) => value * a[0]!)
  return a.length === b.length ? a.map((value, index) => value * b[index]!) : undefined
}
