import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../../onnx/graph/OnnxGraph.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { SourceWeight, type WeightUse } from './SourceWeight.js'

const floats = new Set(['float32', 'float64', 'float16', 'bfloat16'])

/**
 * The weights of a graph in the order of the nodes that use them: initializers and Constant nodes (some exporters
 * write all weights so) with two axes or more. Vectors are left out: folding changes them beyond recognition.
 */
export function collectSourceWeights({ nodes, initializers }: OnnxGraph): readonly SourceWeight[] {
  const constants = new Map<string, OnnxInitializer>(initializers)
  const used = new Set<string>()
  return nodes.flatMap((node) => {
    const constant = constantOf(node, constants)
    if (constant) constants.set(node.outputs[0]!, constant)
    if (constant || node.opType === 'Identity') return []
    return node.inputs.flatMap((name, index) => {
      const tensor = constants.get(name)
      if (!tensor || used.has(name) || !isWeight(tensor)) return []
      used.add(name)
      return [new SourceWeight(name, weightUse(node, index), tensor)]
    })
  })
}

function weightUse({ opType, attributes }: OnnxNode, input: number): WeightUse {
  const groups = opType === 'ConvTranspose' ? Number(attributes.group ?? 1) : 1
  const flag = input === 0 ? !attributes.transA : !!attributes.transB
  switch (opType) {
    case 'Conv':
      return { rows: 'first', groups }
    case 'ConvTranspose':
      return { rows: 'second', groups }
    case 'Gemm':
      return { rows: flag ? 'first' : 'second', groups }
    case 'MatMul':
      return { rows: input === 0 ? 'first' : 'second', groups }
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return { rows: 'gates', groups }
    default:
      return { rows: 'any', groups }
  }
}

function constantOf(
  { opType, attributes, inputs }: OnnxNode,
  constants: ReadonlyMap<string, OnnxInitializer>,
): OnnxInitializer | undefined {
  if (opType === 'Identity') return constants.get(inputs[0] ?? '')
  const value = opType === 'Constant' ? attributes.value : undefined
  return typeof value === 'object' && value !== null && 'data' in value ? value : undefined
}

function isWeight({ shape, dtype }: OnnxInitializer): boolean {
  return dtype !== null && floats.has(dtype) && shape.length >= 2 && elementsOf(shape) >= 4
}
