import type { LayerRule, LayerRules } from '../LayerRule.js'
import { raw } from '../WeightBlock.js'

/** gamma, and beta with it, of `size` (0=) where 2= is not 0. */
function affine(...roles: readonly ('scale' | 'bias')[]): LayerRule {
  return {
    weights: (params) => (params.int(2, 1) !== 0 ? roles.map((role) => raw(params.int(0), role)) : []),
    check(params, checks) {
      if (params.int(2, 1) !== 0) checks.atLeast('affine_size', 0, 1)
    },
  }
}

export const normalisationRules: LayerRules = {
  BatchNorm: {
    weights: (params) => (['scale', 'data', 'data', 'bias'] as const).map((role) => raw(params.int(0), role)),
    check: (_, checks) => checks.atLeast('channels', 0, 1),
  },
  LayerNorm: affine('scale', 'bias'),
  InstanceNorm: affine('scale', 'bias'),
  RMSNorm: affine('scale'),
  GroupNorm: {
    weights: (params) =>
      params.int(3, 1) !== 0 ? [raw(params.int(1), 'scale'), raw(params.int(1), 'bias')] : [],
    check(params, checks) {
      checks.atLeast('group', 0, 1, 1)
      checks.atLeast('channels', 1, params.int(3, 1) !== 0 ? 1 : 0)
      if (params.int(1) > 0) checks.multiple('channels', 1, params.int(0, 1), 'group')
    },
  },
  Normalize: {
    weights: (params) => [raw(params.int(3), 'scale')],
    check: (_, checks) => checks.atLeast('scale_data_size', 3, 1),
  },
}
