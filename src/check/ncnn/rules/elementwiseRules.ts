import type { LayerRules } from '../LayerRule.js'
import { raw, tagged } from '../WeightBlock.js'

/** Scale takes its values from a second blob where 0= is this. */
const fromBlob = -233

/** Layers with a value for each channel, constants, and quantisation. */
export const elementwiseRules: LayerRules = {
  Bias: {
    weights: (params) => [raw(params.int(0), 'bias')],
    check: (_, checks) => checks.atLeast('bias_data_size', 0, 1),
  },
  PReLU: {
    // All zero is a plain ReLU.
    weights: (params) => [raw(params.int(0), 'data')],
    check: (_, checks) => checks.atLeast('num_slope', 0, 1),
  },
  Scale: {
    weights(params) {
      if (params.int(0) === fromBlob) return []
      const biases = params.int(1) !== 0 ? [raw(params.int(0), 'bias')] : []
      return [raw(params.int(0), 'scale'), ...biases]
    },
    check(params, checks) {
      if (params.int(0) !== fromBlob) checks.atLeast('scale_data_size', 0, 1)
      // ncnn loads no bias in this case and adds it all the same.
      else checks.expect(params.int(1) === 0, 'no bias (1=) with the scale from a blob', params.int(1))
    },
  },
  Padding: {
    weights: (params) => (params.int(6) !== 0 ? [raw(params.int(6), 'data')] : []),
    check: (_, checks) => checks.atLeast('per_channel_pad_data_size', 6, 0),
  },
  MemoryData: {
    weights(params) {
      const sizes = [params.int(0), params.int(1), params.int(11), params.int(2)].filter((size) => size !== 0)
      const count = sizes.length > 0 ? sizes.reduce((a, b) => a * b, 1) : 0
      if (count === 0) return []
      return [params.int(21, 1) === 0 ? { ...tagged(count), role: 'data' } : raw(count, 'data')]
    },
    check(params, checks) {
      const type = params.int(21, 1)
      checks.expect(type === 0 || type === 1, 'load_type (21=) of 0 or 1', type)
      const sizes = [params.int(0), params.int(1), params.int(11), params.int(2)].filter((size) => size !== 0)
      if (sizes.length > 0) checks.product('data', ...sizes)
    },
  },
  Quantize: {
    weights: (params) => [raw(params.int(0, 1), 'scale')],
    check: (_, checks) => checks.atLeast('scale_data_size', 0, 1, 1),
  },
  Dequantize: {
    weights: (params) => [
      raw(params.int(0, 1), 'scale'),
      ...(params.int(1) !== 0 ? [raw(params.int(1), 'bias')] : []),
    ],
    check(_, checks) {
      checks.atLeast('scale_data_size', 0, 1, 1)
      checks.atLeast('bias_data_size', 1, 0)
    },
  },
  Requantize: {
    weights: (params) => [
      raw(params.int(0, 1), 'scale'),
      raw(params.int(1, 1), 'scale'),
      ...(params.int(2) !== 0 ? [raw(params.int(2), 'bias')] : []),
    ],
    check(_, checks) {
      checks.atLeast('scale_in_data_size', 0, 1, 1)
      checks.atLeast('scale_out_data_size', 1, 1, 1)
      checks.atLeast('bias_data_size', 2, 0)
    },
  },
}
