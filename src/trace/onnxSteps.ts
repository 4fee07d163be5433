import type { OnnxGraph } from '../onnx/graph/OnnxGraph.js'
import type { TraceStep } from './LayerTracer.js'

/** The nodes that compute something from the model's inputs or from each other; weights are no inputs of theirs. */
export function onnxSteps(
  nodes: OnnxGraph['nodes'],
  initializers: OnnxGraph['initializers'],
): readonly TraceStep[] {
  const isConstant = ({ opType }: { readonly opType: string }) => opType === 'Constant'
  const weights = new Set([
    ...initializers.keys(),
    ...nodes.filter(isConstant).flatMap((node) => node.outputs),
  ])
  // An optional input or output that is left out has an empty name.
  const isBlob = (name: string) => name !== '' && !weights.has(name)
  return nodes
    .filter((node) => !isConstant(node))
    .map(({ name, opType, inputs, outputs }) => ({
      name,
      type: opType,
      inputs: inputs.filter(isBlob),
      outputs: outputs.filter(isBlob),
    }))
}
