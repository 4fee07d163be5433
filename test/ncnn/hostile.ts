// What a .param may ask for that only shows while it runs: integers of bf16, shapes that depend on values, regions.
import t from 'tap'
import { Tensor } from 'twinfer'
import { openLayers, tagged } from '../helpers/ncnnModel.js'

const filled = (shape: number[], value = 0.5) =>
  new Tensor(new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(value), shape)

t.test('integers of 32 bits in bf16', async (t) => {
  const bf16 = { precision: 'bf16' } as const
  const model = await openLayers(['Input in 0 1 in', 'Dequantize d 1 1 in out 0=1'], [2], bf16)
  const integers = new Tensor(new Float32Array(Int32Array.from({ length: 40 }, (_, i) => i).buffer), [40])
  t.same([...(await model.run(integers)).out!.data].slice(0, 4), [0, 2, 4, 6])
  await model.dispose()
  // 16 bits a value where it reads 32: past their end, in ncnn itself.
  const wrong = await openLayers(
    ['Input in 0 1 in', 'ReLU r 1 1 in x', 'Dequantize d 1 1 x out 0=1'],
    [1],
    bf16,
  )
  t.same((await wrong.run(filled([4096]))).out!.data[0], new Int32Array(Float32Array.of(0.5).buffer)[0])
  await wrong.dispose()
})

t.test('a layer behind a shape that depends on values', async (t) => {
  const layers = (channels: number) => [
    'Input s 0 1 s',
    'Input b 0 1 b',
    'Input i 0 1 i',
    'Proposal p 3 1 s b i regions 3=5',
    `BatchNorm n 1 1 regions out 0=${channels}`,
  ]
  const inputs = {
    s: filled([18, 4, 4]),
    b: filled([36, 4, 4], 0),
    i: new Tensor(Float32Array.of(100, 100, 1), [3]),
  }
  const wrong = await openLayers(layers(4000), Array(16_000).fill(1))
  await t.rejects(wrong.run(inputs), { code: 'TWINFER_SHAPE_MISMATCH', message: /'n' \(BatchNorm/ })
  await wrong.dispose()
  const found = await openLayers(layers(1).slice(0, 4))
  const [count] = (await found.run(inputs)).regions!.shape
  await found.dispose()
  const right = await openLayers(layers(count!), Array(4 * count!).fill(1))
  t.same((await right.run(inputs)).out!.shape, [count, 1, 4], 'and one that fits runs')
  await right.dispose()
})

t.test('regions that lead out of their map', async (t) => {
  for (const version of [0, 1]) {
    const model = await openLayers([
      'Input map 0 1 map',
      'Input region 0 1 region',
      `ROIAlign a 2 1 map region out 0=2 1=2 5=${version}`,
    ])
    const run = (...corners: number[]) =>
      model.run({ map: filled([3, 8, 9]), region: new Tensor(Float32Array.from(corners), [4]) })
    t.same((await run(1, 1, 6.5, 5)).out!.data[0], 0.5, `version ${version}`)
    for (const corners of [
      [Number.NaN, 0, 4, 4],
      [0, 0, 1e9, 4],
      [-1e30, 0, 1e30, 4],
    ])
      await t.rejects(run(...corners), { code: 'TWINFER_SHAPE_MISMATCH', message: /'a' \(ROIAlign\)/ })
    if (version === 0) await t.rejects(run(5, 5, 30, 30), { code: 'TWINFER_SHAPE_MISMATCH' })
    await model.dispose()
  }
})

t.test('a deconvolution of one group in bf16', async (t) => {
  const layers = ['Input in 0 1 in', 'DeconvolutionDepthWise d 1 1 in out 0=2 1=3 6=54']
  const outputs = []
  for (const precision of ['fp32', 'bf16'] as const) {
    const model = await openLayers(layers, tagged(...Array(54).fill(0.5)), { precision })
    outputs.push((await model.run(filled([3, 2, 6]))).out!.data)
    await model.dispose()
  }
  t.same(outputs[0], outputs[1], 'sums that bf16 holds')
})

t.test('data that starts anywhere', async (t) => {
  const model = await openLayers(['Input in 0 1 in', 'Eltwise e 2 1 in in out 0=2'], [], {
    precision: 'fp32',
  })
  const floats = Float32Array.from({ length: 55 }, (_, i) => i)
  const view = new Tensor(floats.subarray(1), [6, 9])
  t.same(model.runSync(view).out!.data, floats.slice(1))
  await model.dispose()
})

t.test('a crop by expressions without axes', async (t) => {
  const crop = (axes: string) => openLayers(['Input in 0 1 in', `Crop c 1 1 in out 19="1" 20="0w"${axes}`])
  await t.rejects(crop(''), { code: 'TWINFER_MODEL_INVALID', message: /'c'.*axes \(21=\).*none/ })
  const model = await crop(' 21="0"')
  t.same((await model.run(filled([4]))).out!.shape, [3])
  await model.dispose()
})

t.test('a dilation beyond the output, without packing', async (t) => {
  const engineOptions = { use_packing_layout: false, kernels: false }
  const layers = ['Input in 0 1 in', 'Convolution c 1 1 in out 0=2 1=3 2=3 6=36']
  const model = await openLayers(layers, tagged(...Array(36).fill(0.5)), { precision: 'fp32', engineOptions })
  await t.rejects(model.run(filled([2, 8, 9])), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /'c' \(Convolution\).*at least 3 high.*received 2/,
  })
  t.same((await model.run(filled([2, 9, 9]))).out!.shape, [2, 3, 3])
  await model.dispose()
})

t.test('slices of int8', async (t) => {
  const layers = ['Input in 0 1 in', 'Quantize q 1 1 in x 0=1', 'Slice s 1 2 x a b -23300=2,1,-233']
  await t.rejects(openLayers(layers, [1]), {
    code: 'TWINFER_MODEL_INVALID',
    message: /'s' \(Slice.*floats, received int8/,
  })
})

t.test('a region whose bins of whole pixels are rounded to more', async (t) => {
  const model = await openLayers([
    'Input map 0 1 map',
    'Input region 0 1 region',
    'ROIAlign a 2 1 map region out 0=1 1=8',
  ])
  const run = (...corners: number[]) =>
    model.run({ map: filled([6, 19, 8]), region: new Tensor(Float32Array.from(corners), [4]) })
  // Eighths of a height of 8, from a place that floats do not hold: some edges lie 1.0000001 apart.
  await t.rejects(run(1, 0.1, 2, 8.1), { code: 'TWINFER_SHAPE_MISMATCH', message: /'a' \(ROIAlign\)/ })
  t.same((await run(1, 0.125, 2, 8.125)).out!.shape, [6, 8, 1], 'and where they are not, it runs')
  await model.dispose()
})

t.test('fewer regions than none', async (t) => {
  const layers = (most: number) => [
    'Input s 0 1 s',
    'Input b 0 1 b',
    'Input i 0 1 i',
    `Proposal p 3 1 s b i regions 3=${most}`,
  ]
  const inputs = {
    s: filled([18, 4, 4]),
    b: filled([36, 4, 4], 0),
    i: new Tensor(Float32Array.of(100, 100, 1), [3]),
  }
  await t.rejects(openLayers(layers(-3)), {
    code: 'TWINFER_MODEL_INVALID',
    message: /'p'.*after_nms_topN \(3=\) of 0 or more, received -3/,
  })
  const model = await openLayers(layers(2))
  t.same((await model.run(inputs)).regions!.shape[0], 2)
  await model.dispose()
})

t.test('scores that cannot be sorted', async (t) => {
  const model = await openLayers([
    'Input s 0 1 s',
    'Input b 0 1 b',
    'Input i 0 1 i',
    'Proposal p 3 1 s b i regions 3=5',
  ])
  const inputs = { b: filled([36, 4, 4], 0), i: new Tensor(Float32Array.of(100, 100, 1), [3]) }
  const scores = filled([18, 4, 4])
  scores.data[200] = Number.NaN
  await t.rejects(model.run({ ...inputs, s: scores }), {
    code: 'TWINFER_ENGINE_FAILED',
    message: /'p' \(Proposal\): expected scores that can be sorted in input 1, received nan/,
  })
  scores.data[200] = Infinity
  t.same((await model.run({ ...inputs, s: scores })).regions!.shape.length, 3, 'an infinite one can')
  await model.dispose()
})

t.test('bytes that a cast hands on as they are', async (t) => {
  const layers = (cast: string) => [
    'Input in 0 1 in',
    'Quantize q 1 1 in bytes 0=1',
    `Cast c 1 1 bytes x${cast}`,
    'Mish m 1 1 x out',
  ]
  const message = /'m' \(Mish, line 6\): expected a blob of floats, received int8 in blob 'x'/
  await t.rejects(openLayers(layers(''), [1]), { code: 'TWINFER_MODEL_INVALID', message })
  await t.rejects(openLayers(layers(' 0=1 1=2'), [1]), {
    code: 'TWINFER_MODEL_INVALID',
    message: /'c' \(Cast, line 5\): expected a blob of floats/,
  })
  const scaled = [...layers('').slice(0, 2), 'Dropout s 1 1 bytes out 0=0.5']
  await t.rejects(openLayers(scaled, [1]), {
    code: 'TWINFER_MODEL_INVALID',
    message: /'s' \(Dropout, line 5\)/,
  })
  await (await openLayers([...layers('').slice(0, 2), 'Dropout s 1 1 bytes out'], [1])).dispose()
  const right = await openLayers(layers(' 0=3 1=1'), [1])
  t.same((await right.run(filled([8]))).out!.shape, [8])
  await right.dispose()
})

t.test('a dilated depthwise convolution without packing, larger than its output', async (t) => {
  const layers = ['Input in 0 1 in', 'ConvolutionDepthWise d 1 1 in out 0=1 1=3 2=3 15=3 6=9 7=1']
  const model = await openLayers(layers, tagged(...Array(9).fill(0.5)), {
    engineOptions: { use_packing_layout: false },
  })
  await t.rejects(model.run(filled([1, 9, 5])), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /'d' \(ConvolutionDepthWise\): expected an output at least 3 wide, as its dilation, received 2/,
  })
  t.same((await model.run(filled([1, 9, 9]))).out!.shape, [1, 3, 6])
  await model.dispose()
})
