import type { LayerParams } from '../LayerParams.js'
import type { LayerRules } from '../LayerRule.js'
import type { ParamChecks } from '../ParamChecks.js'
import { bytes, raw, tagged, type WeightBlock } from '../WeightBlock.js'
import { BlockQuantisation } from './BlockQuantisation.js'

function innerProduct(params: LayerParams): readonly WeightBlock[] {
  const outputs = params.int(0)
  const int8 = params.int(8) !== 0
  return [
    tagged(params.int(2), outputs, int8),
    ...(params.int(1) !== 0 ? [raw(outputs, 'bias')] : []),
    ...(int8 ? [raw(outputs, 'scale'), raw(1, 'scale')] : []),
  ]
}

function embed(params: LayerParams): readonly WeightBlock[] {
  const int8 = params.int(18) !== 0
  return [
    tagged(params.int(3), params.int(1), int8),
    ...(params.int(2) !== 0 ? [raw(params.int(0), 'bias')] : []),
    ...(int8 ? [raw(1, 'scale')] : []),
  ]
}

function gemm(params: LayerParams): readonly WeightBlock[] {
  const [m, n, k] = [params.int(7), params.int(8), params.int(9)]
  const quant = BlockQuantisation.of(params.int(18))
  const int8 = params.int(18) !== 0 && !quant
  const hasA = params.int(4) === 1
  const hasB = params.int(5) === 1
  const sizeOfC = [1, m, m, n * m, n][params.int(10)]
  return [
    ...(hasA ? [tagged(k * m, m, int8)] : []),
    ...(hasB ? [quant ? bytes(quant.packed(k) * n, quant.bits) : tagged(k * n, n, int8)] : []),
    ...(params.int(6) === 1 && sizeOfC !== undefined ? [{ ...tagged(sizeOfC), role: 'bias' as const }] : []),
    ...(quant ? [raw(quant.blocks(k) * n, 'scale')] : []),
    ...(quant?.inputScales ? [raw(k, 'scale')] : []),
    ...(int8 && hasA ? [raw(m, 'scale')] : []),
    ...(int8 && hasB ? [raw(1, 'scale')] : []),
  ]
}

function checkGemm(params: LayerParams, checks: ParamChecks): void {
  const [m, n, k] = [params.int(7), params.int(8), params.int(9)]
  // ncnn loads a constant for 1 only, and then uses it for anything but 0.
  for (const key of [4, 5, 6])
    checks.expect([0, 1].includes(params.int(key)), `a flag (${key}=) of 0 or 1`, params.int(key))
  if (params.int(4) === 1) checks.product('a constant A (M x K)', m, k)
  if (params.int(5) === 1) checks.product('a constant B (K x N)', k, n)
  if (params.int(6) !== 1) return
  const kind = params.int(10)
  checks.expect(kind >= -1 && kind <= 4, 'broadcast_type_C (10=) from -1 to 4', kind)
  if (kind === 1 || kind === 2 || kind === 3) checks.product('rows of a constant C', m)
  if (kind === 3 || kind === 4) checks.product('columns of a constant C', n)
}

/** In order: query, key, value and output projection, each with its biases. */
function attention(params: LayerParams): readonly WeightBlock[] {
  const width = params.int(0)
  const query = Math.trunc(params.int(2) / width)
  const inner = [query, params.int(3, width), params.int(4, width), width]
  const outer = [width, width, width, query]
  const term = params.int(18)
  const quant = BlockQuantisation.of(term)
  const int8 = term !== 0 && !quant
  return [
    ...inner.flatMap((size, i) => [
      quant ? bytes(quant.packed(size) * outer[i]!, quant.bits) : tagged(size * outer[i]!, outer[i], int8),
      raw(outer[i]!, 'bias'),
    ]),
    ...(quant ? inner.map((size, i) => raw(quant.blocks(size) * outer[i]!, 'scale')) : []),
    ...(quant?.inputScales ? inner.map((size) => raw(size, 'scale')) : []),
    ...(int8 ? [width, width, width, 1].map((size) => raw(size, 'scale')) : []),
  ]
}

export const matrixRules: LayerRules = {
  InnerProduct: {
    weights: innerProduct,
    check(params, checks) {
      checks.atLeast('num_output', 0, 1)
      checks.multiple('weight_data_size', 2, params.int(0), 'num_output')
    },
  },
  Embed: {
    weights: embed,
    check(params, checks) {
      const [outputs, inputs] = [params.int(0), params.int(1)]
      checks.product('a table (0= x 1=)', outputs, inputs)
      checks.expect(
        params.int(3) === outputs * inputs,
        `weight_data_size (3=) of num_output x input_dim = ${outputs * inputs}`,
        params.int(3),
      )
    },
  },
  Gemm: { weights: gemm, check: checkGemm },
  MultiHeadAttention: {
    weights: attention,
    check(params, checks) {
      checks.atLeast('embed_dim', 0, 1)
      checks.atLeast('num_heads', 1, 1, 1)
      const heads = params.int(1, 1)
      checks.expect(
        heads > 0 && params.int(0) % heads === 0,
        `embed_dim (0=) to be a multiple of num_heads ${heads}`,
        params.int(0),
      )
      checks.multiple('weight_data_size', 2, params.int(0), 'embed_dim')
    },
  },
}
