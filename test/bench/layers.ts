import t from 'tap'
import { readNpy } from 'twinfer'
import { profileTypes } from 'twinfer/bench'
import { traceLayers } from 'twinfer/trace'
import { flopsOf, profileLayers } from '../../dist/bench/layers/profileLayers.js'
import { ModelFile } from '../../dist/file/ModelFile.js'
import { fixture } from '../helpers/fixtures.js'

t.test('arithmetic: two for each weight that a value meets', async (t) => {
  // 3 × 3 over 12 channels to 24 of 8 × 8.
  t.equal(flopsOf({ type: 'Convolution', dot: 108 }, [12, 8, 8], [24, 8, 8]), 2 * 108 * 24 * 64)
  t.equal(flopsOf({ type: 'InnerProduct', dot: 48 }, [48], [10]), 960)
  // 2 × 2 with stride 2 from 4 channels of 5 × 5 to 6 of 10 × 10: each of 100 values meets 24 weights.
  t.equal(flopsOf({ type: 'Deconvolution', dot: 16 }, [4, 5, 5], [6, 10, 10]), 2 * 100 * 24)
  t.equal(flopsOf({ type: 'Deconvolution', dot: 16 }, [1, 4, 5, 5], [1, 6, 10, 10]), 2 * 100 * 24)
  for (const unknown of [
    { type: 'MatMul', dot: 0 },
    { type: 'ReLU', dot: null },
    { type: 'LSTM', dot: 64 },
  ])
    t.equal(flopsOf(unknown, [8, 8], [8, 8]), null, unknown.type)
})

const input = await readNpy(fixture('digits8-cnn/input.npy'))

for (const [model, name] of [
  ['model.ncnn.param', 'in0'],
  ['model.mnn', 'image'],
] as const) {
  t.test(`the layers of ${model}: shares, rates, and all of a type together`, async (t) => {
    const file = await ModelFile.from(fixture(`digits8-cnn/${model}`))
    // As if each had taken a millisecond.
    const timed = (await traceLayers(file, { [name]: input })).map(({ name, type, blob, shape }) => {
      return { name, type, blob, shape, ms: 1 }
    })
    const layers = await profileLayers(
      file,
      timed,
      { [name]: input },
      { precision: 'fp32', kernels: ['convrelu_0'] },
    )
    t.equal(layers.length, timed.length)
    t.ok(layers.every(({ share }) => share === 1 / timed.length))
    const convolutions = layers.filter(({ type }) => type === 'Convolution')
    // 1 → 12 channels by 3 × 3 on 8 × 8: 108 weights in the file, and 12 of a bias.
    t.equal(convolutions[0]!.gflops, (2 * 9 * 12 * 64) / 1e6)
    const bytes = 4 * (64 + 12 * 64 + 108 + 12)
    t.ok(Math.abs(convolutions[0]!.gbs! * 1e6 - bytes) <= 4, `${convolutions[0]!.gbs! * 1e6} of ${bytes}`)
    t.equal(layers.find(({ type }) => type === 'Pooling')!.gflops, null)
    t.same(
      convolutions.map(({ kernel }) => kernel),
      convolutions.map(({ name: layer }) => (layer === 'convrelu_0' ? 'twinfer' : null)),
    )

    const types = profileTypes(layers)
    const together = types.find(({ type }) => type === 'Convolution')!
    t.match(together, { count: convolutions.length, ms: convolutions.length })
    t.ok(Math.abs(types.reduce((sum, { share }) => sum + share!, 0) - 1) < 1e-9)
    const mean = convolutions.reduce((sum, { gflops }) => sum + gflops!, 0) / convolutions.length
    t.ok(Math.abs(together.gflops! - mean) < 1e-12, 'the rate of a type is that of its time')
  })
}

t.test('where layers have no time, there is no rate', async (t) => {
  const file = await ModelFile.from(fixture('digits8-cnn/model.mnn'))
  const timed = [{ name: 'x', type: 'Convolution', blob: 'x', shape: [1, 12, 8, 8], ms: null }]
  t.match(await profileLayers(file, timed, { image: input }, { precision: 'fp32' }), [
    { ms: null, share: null, gflops: null, gbs: null },
  ])
})
