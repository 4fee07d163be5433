import type { OnnxGraph, OnnxNode } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { Folding } from './Folding.js'
import { isFloat, OnnxConstants } from './OnnxConstants.js'
import { SourceWeight, type WeightUse } from './SourceWeight.js'

/**
 * The weights of a graph in the order of the nodes that use them: constants with two axes or more. Vectors are
 * left out: folding changes them beyond recognition.
 */
export function collectSourceWeights(graph: OnnxGraph): readonly SourceWeight[] {
  const constants = new OnnxConstants(graph)
  const folding = new Folding(graph, constants)
  const used = new Set<string>()
  return graph.nodes.flatMap((node) => {
    if (node.opType === 'Identity') return []
    return node.inputs.flatMap((name, index) => {
      const tensor = constants.get(name)
      if (!tensor || used.has(name) || !isFloat(tensor)) return []
      const { shape } = tensor
      if (shape.length < 2 || elementsOf(shape) < 4) return []
      used.add(name)
      const use = weightUse(node, index, folding)
      const whole = new SourceWeight(name, use, tensor)
      const of = partsOf(node, use, shape)
      if (of < 2) return [whole]
      const parts = Array.from({ length: of }, (_, at) => {
        const part = { ...use, groups: 1, scales: partOf(use.scales, at, of) }
        return new SourceWeight(name, part, tensor, { index: at, of })
      })
      return [whole, ...parts]
    })
  })
}

/** How many parts MNN's converter may cut it into; a depthwise convolution stays whole. */
function partsOf({ opType, attributes }: OnnxNode, { rows }: WeightUse, shape: readonly number[]): number {
  const [first = 1, second = 1] = shape
  if (rows === 'gates') return shape.length === 3 ? first : 1
  const group = Number(attributes.group ?? 1)
  const isGrouped = opType === 'Conv' ? second > 1 : opType === 'ConvTranspose' && group < first
  return isGrouped && group > 1 && first % group === 0 ? group : 1
}

function partOf(scales: Float32Array | undefined, index: number, of: number): Float32Array | undefined {
  if (!scales || scales.length === 1 || scales.length % of !== 0) return scales
  const size = scales.length / of
  return scales.slice(index * size, (index + 1) * size)
}

function weightUse(node: OnnxNode, input: number, folding: Folding): WeightUse {
  const { opType, attributes } = node
  const groups = opType === 'ConvTranspose' ? Number(attributes.group ?? 1) : 1
  const scales = folding.scalesBehind(node)
  const flag = input === 0 ? !attributes.transA : !!attributes.transB
  switch (opType) {
    case 'Conv':
      return { rows: 'first', groups, scales }
    case 'ConvTranspose':
      return { rows: 'second', groups, scales }
    case 'Gemm':
      return { rows: flag ? 'first' : 'second', groups, scales }
    case 'MatMul':
      return { rows: input === 0 ? 'first' : 'second', groups, scales }
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return { rows: 'gates', groups: 1 }
    default:
      return { rows: 'any', groups: 1 }
  }
}
