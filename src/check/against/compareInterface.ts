import type { TensorSummary } from '../../file/ModelSummary.js'
import type { OnnxGraph, OnnxValue } from '../../onnx/graph/OnnxGraph.js'
import type { FindingList } from '../FindingList.js'
import type { WeightComparison } from './WeightComparison.js'

interface Interface {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
}

/**
 * Compares numbers and shapes of inputs and outputs. Names are not compared: converters change them. Nor is the
 * order of axes, nor axes of 1, which ncnn drops and layouts move. A difference alone is only that, as models can
 * be converted for other sizes and for some of their outputs; it is an error where the weights are others too.
 */
export function compareInterface(
  model: Interface,
  graph: OnnxGraph,
  { matched, unmatched }: WeightComparison,
  findings: FindingList,
): void {
  const isOther = unmatched.length > matched.length
  const isWhole = model.inputs.length === graph.inputs.length
  compare('input', model.inputs, isWhole ? graph.inputs : usedInputs(graph), isOther, findings)
  compare('output', model.outputs, graph.outputs, isOther, findings)
}

/** Converters drop inputs that nothing reads. */
function usedInputs({ inputs, outputs, nodes }: OnnxGraph): readonly OnnxValue[] {
  const read = new Set([
    ...nodes.flatMap((node) => node.inputs),
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap((node) => (hasSubgraph(node) ? inputs.map(({ name }) => name) : [])),
  ])
  return inputs.filter(({ name }) => read.has(name))
}

/** What a subgraph reads of the graph around it is not listed. */
export function hasSubgraph({ attributes }: OnnxGraph['nodes'][number]): boolean {
  return Object.values(attributes).includes(null)
}

function compare(
  what: 'input' | 'output',
  found: readonly TensorSummary[],
  expected: readonly OnnxValue[],
  isOther: boolean,
  findings: FindingList,
): void {
  const report = (message: string) => {
    const help = 'Is this the model that it was converted from?'
    if (isOther) findings.error(`${what}s-differ`, `${message}; most weights are others as well`, { help })
    else findings.warning(`${what}s-differ`, message, { help })
  }
  if (found.length !== expected.length) {
    report(`expected ${expected.length} ${what}s as the source model has, received ${found.length}`)
    return
  }
  found.forEach(({ name, shape }, index) => {
    const source = expected[index]!
    if (mayBeSame(shape, source.shape)) return
    report(
      `${what} '${name}' has the shape [${shape}], in the source model '${source.name}' has [${source.shape}]`,
    )
  })
}

function mayBeSame(a: readonly number[] | null, b: readonly number[] | null): boolean {
  if (!a || !b || a.some((size) => size < 0) || b.some((size) => size < 0)) return true
  const sizes = (shape: readonly number[]) => shape.filter((size) => size !== 1).toSorted((x, y) => x - y)
  return sizes(a).join() === sizes(b).join()
}
