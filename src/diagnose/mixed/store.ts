import { decodeFloat16, encodeFloat16 } from '../../tensor/float16.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { countUses, type NcnnTracer } from '../../trace/NcnnTracer.js'

/** How a blob is kept between two layers. */
export type Store = (tensor: Tensor) => Tensor

/** As the engine leaves it. */
export const asItIs: Store = (tensor) => tensor

/** As a processor keeps it that has fp16: beyond 65504 it is infinite. */
export const inFp16: Store = ({ data, shape, layout }) =>
  new Tensor(decodeFloat16(encodeFloat16(data as Float32Array)), shape, { layout })

/**
 * Runs a network as a processor would that keeps blobs in fp16 (ncnn on ARM), where this one keeps them in fp32: every
 * blob is rounded on its way between two layers, save between two that are wide. Sums are not: they are as this
 * processor adds.
 *
 * @param wide places in the .param of the layers that are masked, or that widen for one that is.
 * @throws TwinferError what `isolate` throws.
 */
export async function runStoringFp16(
  tracer: NcnnTracer,
  inputs: NamedTensors,
  wide: ReadonlySet<number>,
): Promise<NamedTensors> {
  const producers = new Map(
    tracer.steps.flatMap(({ layer, outputs }) => outputs.map((blob) => [blob, layer] as const)),
  )
  const uses = countUses(tracer.steps)
  const wideReads = new Set(
    tracer.steps.filter(({ layer }) => wide.has(layer)).flatMap((step) => step.inputs),
  )
  const given = Object.entries(inputs).map(([name, tensor]) => {
    return [name, tensor.dtype === 'float32' && !wideReads.has(name) ? inFp16(tensor) : tensor]
  })
  const made = new Map<string, Tensor>()
  const outputs: Record<string, Tensor> = Object.create(null)
  await tracer.isolate(
    Object.fromEntries(given),
    (blob, { layer }) => {
      const tensor = made.get(blob)
      const left = uses.get(blob)! - 1
      uses.set(blob, left)
      if (left === 0) made.delete(blob)
      return tensor && wide.has(layer) && wide.has(producers.get(blob)!) ? tensor : tensor && inFp16(tensor)
    },
    ({ blob }, tensor) => {
      if (uses.has(blob)) made.set(blob, tensor)
      else outputs[blob] = wide.has(producers.get(blob)!) ? tensor : inFp16(tensor)
    },
  )
  return outputs
}
