import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { FindingList } from '../FindingList.js'
import type { BlobChannels } from './BlobChannels.js'
import { inferChannels } from './inferChannels.js'
import { LayerParams } from './LayerParams.js'
import { isKernel, Kernel } from './rules/Kernel.js'

/**
 * Whether weights fit the blobs that come in, as far as channels follow from the layers before. ncnn does not
 * ask, and reads outside its weights.
 */
export function checkChannels(layers: readonly NcnnLayer[], findings: FindingList): void {
  const blobs = new Map<string, BlobChannels | undefined>()
  for (const layer of layers) {
    const inputs = layer.inputs.map((blob) => blobs.get(blob))
    const [input] = inputs
    const problem = input && mismatch(layer, input)
    if (problem && input.noted)
      findings.warning(
        'input-note',
        `line ${layer.line}: ${layer.type}: ${problem}, but by the sizes that stand in an Input '${layer.inputs[0]}' has ${input.channels}`,
        {
          layer: layer.name,
          help: 'ncnn never reads the sizes of an Input (0=, 1=, 2=): give the network what this layer needs.',
        },
      )
    else if (problem)
      findings.error(
        'weight-size',
        `line ${layer.line}: ${layer.type}: ${problem}, but '${layer.inputs[0]}' has ${input.channels}`,
        {
          layer: layer.name,
          help: 'A size on this line, or on that of the layer before, is wrong: convert the model again.',
        },
      )
    inferChannels(layer, inputs).forEach((channels, index) => {
      const blob = layer.outputs[index]
      if (blob !== undefined) blobs.set(blob, channels)
    })
  }
}

function mismatch(layer: NcnnLayer, input: BlobChannels): string | undefined {
  const params = new LayerParams(layer)
  if (isKernel(layer.type)) return kernelMismatch(new Kernel(params), input)
  if (layer.type === 'InnerProduct' && input.vector) {
    const features = params.int(2) / params.int(0)
    return features === input.channels ? undefined : `weight_data_size (2=) stands for ${features} inputs`
  }
  const perChannel = ['BatchNorm', 'Bias'].includes(layer.type) ? params.int(0) : undefined
  return perChannel === undefined || perChannel === input.channels
    ? undefined
    : `it has values for ${perChannel} channels (0=)`
}

function kernelMismatch(kernel: Kernel, input: BlobChannels): string | undefined {
  if (kernel.dynamic || input.vector || kernel.inputs === input.channels) return undefined
  return `weight_data_size (6=) of ${kernel.weights} and num_output (0=) of ${kernel.outputs} stand for ${kernel.inputs} input channels`
}
