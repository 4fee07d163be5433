import type { TensorSummary } from '../ModelSummary.js'
import type { NcnnLayer } from './NcnnLayer.js'

/** What goes into a network and comes out of it. */
export function interfaceOf(layers: readonly NcnnLayer[]): {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
} {
  return { inputs: inputsOf(layers), outputs: outputsOf(layers) }
}

function inputsOf(layers: readonly NcnnLayer[]): readonly TensorSummary[] {
  return layers
    .filter(({ type }) => type === 'Input')
    .flatMap(({ outputs, shapes }) => outputs.map((name, index) => describe(name, shapes[index] ?? null)))
}

/** Like ncnn's own output_names(): blobs that nothing reads. */
function outputsOf(layers: readonly NcnnLayer[]): readonly TensorSummary[] {
  const consumed = new Set(layers.flatMap(({ inputs }) => inputs))
  return layers.flatMap(({ outputs, shapes }) =>
    outputs
      .map((name, index) => describe(name, shapes[index] ?? null))
      .filter(({ name }) => !consumed.has(name)),
  )
}

function describe(name: string, shape: readonly number[] | null): TensorSummary {
  return { name, shape, dtype: 'float32', layout: 'NCHW' }
}
