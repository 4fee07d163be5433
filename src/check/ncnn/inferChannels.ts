import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import { shapeHints } from '../../inspect/ncnn/shapeHints.js'
import type { BlobChannels } from './BlobChannels.js'
import { LayerParams } from './LayerParams.js'
import { isKernel, Kernel } from './rules/Kernel.js'

type Inputs = readonly (BlobChannels | undefined)[]

/** Layers whose output has the channels of their first input. */
const keepers = new Set(
  `BatchNorm Bias Scale PReLU ReLU Clip Sigmoid TanH Swish HardSwish HardSigmoid Dropout Mish GELU ELU SELU
  Softplus CELU Erf Exp Log Power AbsVal UnaryOp Interp InstanceNorm GroupNorm LRN Softmax LayerNorm
  RMSNorm ShuffleChannel Noop Eltwise Split Pooling1D Pooling3D`.split(/\s+/),
)

/** The channels of each output of a layer, where they follow from those of its inputs. */
export function inferChannels(layer: NcnnLayer, inputs: Inputs): Inputs {
  const params = new LayerParams(layer)
  const all = (value: BlobChannels | undefined) => layer.outputs.map(() => value)
  if (isKernel(layer.type)) return all({ channels: new Kernel(params).outputs, vector: false, noted: false })
  if (keepers.has(layer.type)) return all(inputs[0])
  switch (layer.type) {
    case 'Input':
      return shapeHints(layer).map(fromShape)
    case 'Pooling':
      return all(inputs[0] && { ...inputs[0], vector: params.int(4) !== 0 })
    case 'Padding':
      return all(params.int(7) === 0 && params.int(8) === 0 ? inputs[0] : undefined)
    case 'InnerProduct':
      return all(inputs[0]?.vector ? { channels: params.int(0), vector: true, noted: false } : undefined)
    case 'BinaryOp':
      return all(broadcast(inputs))
    case 'Concat':
      return all(params.int(0) === 0 ? sum(inputs) : inputs[0])
    case 'Slice':
      return slice(layer, params, inputs[0])
    default:
      return all(undefined)
  }
}

function fromShape(shape: readonly number[] | null): BlobChannels | undefined {
  const channels = shape?.[0] ?? -1
  return channels > 0 ? { channels, vector: shape!.length === 1, noted: true } : undefined
}

/** With unlike operands ncnn's rules depend on every axis, of which only one is known here. */
function broadcast([a, b, ...rest]: Inputs): BlobChannels | undefined {
  if (rest.length > 0) return undefined
  if (!b) return undefined
  return a?.channels === b.channels && a.vector === b.vector ? { ...a, noted: a.noted && b.noted } : undefined
}

function sum(inputs: Inputs): BlobChannels | undefined {
  let channels = 0
  let noted = false
  for (const input of inputs) {
    if (!input) return undefined
    channels += input.channels
    noted ||= input.noted
  }
  return inputs[0] && { channels, vector: inputs[0].vector, noted }
}

/** Sizes are listed; -233 is an equal share of the rest. */
function slice({ outputs }: NcnnLayer, params: LayerParams, input: BlobChannels | undefined): Inputs {
  const sizes = params.ints(0)
  const known = params.int(1) === 0 && params.ints(2).length === 0 && sizes.every((size) => size > 0)
  return outputs.map((_, index) => {
    if (params.int(1) !== 0) return input?.vector ? undefined : input
    const channels = sizes[index]
    return known && channels !== undefined
      ? { channels, vector: input?.vector ?? false, noted: input?.noted ?? false }
      : undefined
  })
}
