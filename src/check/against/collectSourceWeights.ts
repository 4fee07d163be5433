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
      const directions = use.rows === 'gates' && shape.length === 3 ? shape[0]! : 1
      if (directions < 2) return [whole]
      const parts = Array.from({ length: directions }, (_, at) => new SourceWeight(name, use, tensor, at))
      return [whole, ...parts]
    })
  })
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
