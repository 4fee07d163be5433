import type { LayerParams } from '../LayerParams.js'
import type { LayerRule, LayerRules } from '../LayerRule.js'
import { raw, tagged, type WeightBlock } from '../WeightBlock.js'

/** `gates` of the recurrence; `biases` rows of biases, of which GRU has one more. */
function recurrent(gates: number, biases: number, projected: boolean): LayerRule {
  const hiddenOf = (params: LayerParams) => (projected ? params.int(3, params.int(0)) : params.int(0))
  const directionsOf = (params: LayerParams) => (params.int(2) === 2 ? 2 : 1)
  return {
    weights(params): readonly WeightBlock[] {
      const [outputs, hidden, directions] = [params.int(0), hiddenOf(params), directionsOf(params)]
      const int8 = params.int(8) !== 0
      const rows = hidden * gates * directions
      return [
        tagged(params.int(1), rows, int8),
        { ...tagged(hidden * biases * directions), role: 'bias' },
        tagged(outputs * rows, rows, int8),
        ...(outputs !== hidden ? [tagged(hidden * outputs * directions, outputs * directions)] : []),
        ...(int8 ? [raw(rows, 'scale'), raw(rows, 'scale')] : []),
      ]
    },
    check(params, checks) {
      const [hidden, directions] = [hiddenOf(params), directionsOf(params)]
      checks.atLeast('num_output', 0, 1)
      checks.expect([0, 1, 2].includes(params.int(2)), 'direction (2=) of 0, 1 or 2', params.int(2))
      checks.product('hidden weights', hidden, gates, directions, params.int(0))
      checks.multiple('weight_data_size', 1, hidden * gates * directions, 'hidden x gates x directions')
    },
  }
}

export const recurrentRules: LayerRules = {
  LSTM: recurrent(4, 4, true),
  GRU: recurrent(3, 4, false),
  RNN: recurrent(1, 1, false),
}
