import type { TensorSummary } from '../../inspect/ModelSummary.js'
import type { OnnxGraph, OnnxValue } from '../../onnx/graph/OnnxGraph.js'
import type { FindingList } from '../FindingList.js'

interface Interface {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
}

/**
 * Compares numbers and shapes of inputs and outputs. Names are not compared: converters change them. Nor is the
 * order of axes, nor axes of 1, which ncnn drops and layouts move.
 */
export function compareInterface(model: Interface, graph: OnnxGraph, findings: FindingList): void {
  compare('input', model.inputs, graph.inputs, findings)
  compare('output', model.outputs, graph.outputs, findings)
}

function compare(
  what: 'input' | 'output',
  found: readonly TensorSummary[],
  expected: readonly OnnxValue[],
  findings: FindingList,
): void {
  const help = 'Is this the model that it was converted from?'
  if (found.length !== expected.length) {
    const message = `expected ${expected.length} ${what}s as the source model has, received ${found.length}`
    findings.error(`${what}s-differ`, message, { help })
    return
  }
  found.forEach(({ name, shape }, index) => {
    const source = expected[index]!
    if (mayBeSame(shape, source.shape)) return
    findings.error(
      `${what}s-differ`,
      `${what} '${name}' has the shape [${shape}], in the source model '${source.name}' has [${source.shape}]`,
      { help },
    )
  })
}

function mayBeSame(a: readonly number[] | null, b: readonly number[] | null): boolean {
  if (!a || !b || a.some((size) => size < 0) || b.some((size) => size < 0)) return true
  const sizes = (shape: readonly number[]) => shape.filter((size) => size !== 1).toSorted((x, y) => x - y)
  return sizes(a).join() === sizes(b).join()
}
