import type { TensorSummary } from '../ModelSummary.js'
import type { NcnnParam } from './NcnnParam.js'
import { shapeHints } from './shapeHints.js'

/** What goes into a network and comes out of it. */
export function interfaceOf(param: NcnnParam): {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
} {
  return { inputs: inputsOf(param), outputs: outputsOf(param) }
}

function inputsOf({ layers }: NcnnParam): readonly TensorSummary[] {
  return layers
    .filter(({ type }) => type === 'Input')
    .flatMap((layer) => {
      const shapes = shapeHints(layer)
      return layer.outputs.map((name, index) => describe(name, shapes[index] ?? null))
    })
}

/** Like ncnn's own output_names(): blobs that nothing reads. */
function outputsOf({ layers }: NcnnParam): readonly TensorSummary[] {
  const consumed = new Set(layers.flatMap(({ inputs }) => inputs))
  return layers.flatMap((layer) => {
    const shapes = shapeHints(layer)
    return layer.outputs
      .map((name, index) => describe(name, shapes[index] ?? null))
      .filter(({ name }) => !consumed.has(name))
  })
}

function describe(name: string, shape: readonly number[] | null): TensorSummary {
  return { name, shape, dtype: 'float32', layout: 'NCHW' }
}
