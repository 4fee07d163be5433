import type { LayerRule, LayerRules } from '../LayerRule.js'

const pooling: LayerRule = {
  check(params, checks) {
    if (params.int(4) !== 0 || params.int(7) !== 0) return // global or adaptive: no window
    const [size, stride] = [params.int(1), params.int(2, 1)]
    checks.atLeast('kernel width', 1, 1)
    checks.atLeast('kernel height', 11, 1, size)
    checks.atLeast('kernel depth', 21, 1, size)
    checks.atLeast('stride', 2, 1, 1)
    checks.atLeast('vertical stride', 12, 1, stride)
    checks.atLeast('stride in depth', 22, 1, stride)
    checks.expect([0, 1, 2, 3].includes(params.int(5)), 'pad_mode (5=) of 0 to 3', params.int(5))
  },
}

/** Layers without weights whose parameters can contradict themselves. */
export const shapeRules: LayerRules = {
  Pooling: pooling,
  Pooling1D: pooling,
  Pooling3D: pooling,
  Eltwise: {
    check(params, checks) {
      const bottoms = params.layer.inputs.length
      const coefficients = params.length(1)
      checks.expect(
        coefficients === 0 || coefficients >= bottoms,
        `${bottoms} coefficients (1=), one for each input`,
        coefficients,
      )
    },
  },
  Slice: {
    check(params, checks) {
      const tops = params.layer.outputs.length
      const [slices, indices] = [params.ints(0).length, params.ints(2).length]
      checks.expect(
        indices > 0 ? indices >= tops - 1 : slices >= tops,
        `slices (0=) or indices (2=) for ${tops} outputs`,
        `${slices} and ${indices}`,
      )
    },
  },
}
