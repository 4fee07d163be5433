import type { Tensor } from '../tensor/Tensor.js'
import type { OnnxValueInfo } from './OnnxRuntime.js'

/** The sizes of dimensions that have a name ('batch'), by the inputs that are given for them. */
export function namedSizes(
  metadata: readonly OnnxValueInfo[],
  inputs: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, number>> {
  const sizes = metadata.flatMap(({ name, shape }) =>
    (shape ?? []).flatMap((size, axis) =>
      typeof size === 'string' && size !== '' && inputs[name]
        ? [[size, inputs[name].shape[axis]!] as const]
        : [],
    ),
  )
  return Object.fromEntries(sizes)
}
