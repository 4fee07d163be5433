import type { LayerParams } from '../LayerParams.js'
import type { LayerRule, LayerRules } from '../LayerRule.js'
import type { ParamChecks } from '../ParamChecks.js'
import { raw, tagged, type WeightBlock } from '../WeightBlock.js'
import { Kernel } from './Kernel.js'

function weights(params: LayerParams): readonly WeightBlock[] {
  const kernel = new Kernel(params)
  if (kernel.dynamic) return []
  const { type } = params.layer
  // Only these read int8 scales (load_model of convolution.cpp and convolutiondepthwise.cpp).
  const term = type === 'Convolution' || type === 'ConvolutionDepthWise' ? params.int(8) : 0
  return [
    tagged(kernel.weights, kernel.outputs, term !== 0),
    ...(params.int(5) !== 0 ? [raw(kernel.outputs, 'bias')] : []),
    ...(term !== 0 ? int8Scales(kernel, term) : []),
  ]
}

function int8Scales({ depthwise, group, outputs }: Kernel, term: number): readonly WeightBlock[] {
  const ofWeights = !depthwise ? outputs : term === 1 || term === 101 ? group : 1
  return [raw(ofWeights, 'scale'), raw(1, 'scale'), ...(term > 100 ? [raw(1, 'scale')] : [])]
}

function check(params: LayerParams, checks: ParamChecks): void {
  const kernel = new Kernel(params)
  const steps = [...kernel.stride, ...kernel.dilation]
  checks.expect(
    steps.every((step) => step > 0),
    'strides and dilations of 1 or more',
    steps.join(', '),
  )
  if (kernel.dynamic) return
  checks.atLeast('num_output', 0, 1)
  checks.product('a kernel', ...kernel.size)
  checks.multiple('weight_data_size', 6, kernel.outputs * kernel.area, 'num_output x kernel')
  if (!kernel.depthwise) return
  checks.atLeast('group', 7, 1, 1)
  checks.expect(
    kernel.outputs % kernel.group === 0,
    `num_output (0=) to be a multiple of group ${kernel.group}`,
    kernel.outputs,
  )
}

const rule: LayerRule = { weights, check }

const families = ['Convolution', 'ConvolutionDepthWise', 'Deconvolution', 'DeconvolutionDepthWise']
const types = families.flatMap((family) => ['', '1D', '3D'].map((axes) => `${family}${axes}`))

export const convolutionRules: LayerRules = Object.fromEntries(
  [...types, 'DeformableConv2D'].map((type) => [type, rule]),
)
