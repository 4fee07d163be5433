// Layers of this package in place of ncnn's own (cpp/ncnn/kernels): which layers run on them, and that they answer as
// ncnn does. The kernels themselves are tested in C++, on random layers (cpp/test/kernels_test.cpp).
import t from 'tap'
import { open, Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { Net } from 'twinfer/ncnn'
import { native } from '../../dist/native/native.js'
import { network } from '../helpers/networks.js'

const { avx2, fma } = native().ncnn.cpu().features
const onArm = process.arch === 'arm64'
const has = onArm || (process.arch === 'x64' && avx2 === true && fma === true)
const none = !has && 'needs AVX2 and FMA, or 64-bit ARM'

/** A convolution of width 1 from 8 to 8 channels behind a mask, whose weights are those of the identity. */
function pointwise(mask = 0): Buffer {
  const type = onArm ? 'Convolution1D' : 'Convolution'
  return Buffer.from(`7767517\n2 2\nInput in 0 1 x\n${type} one 1 1 x y 0=8 1=1 6=64 31=${mask}\n`)
}
const identity = new Float32Array([0, ...Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0))])
const weights = new Uint8Array(identity.buffer)
const input = new Tensor(
  Float32Array.from({ length: 8 * 20 }, (_, i) => Math.sin(i)),
  onArm ? [8, 20] : [8, 4, 5],
)

async function layersOf(
  engineOptions: Record<string, boolean>,
  mask?: number,
  precision = 'fp32' as 'fp32' | 'fp16' | 'fp16-storage' | 'bf16',
) {
  await using model = await open(pointwise(mask), { weights, precision, engineOptions })
  const { y } = model.runSync(input)
  t.ok(compareTensors(input, y!).sqnrDb! > 40, 'whatever runs it, the answer is right')
  return model.effective.kernels
}

for (const name of ['digits8-cnn', 'tiny-ecapa-tdnn'] as const) {
  t.test(`${name} answers the same with and without kernels`, { skip: none }, async (t) => {
    const { file, input } = await network(name, 'ncnn')
    await using on = await open(file, { precision: 'fp32' })
    await using off = await open(file, { precision: 'fp32', engineOptions: { kernels: false } })
    // On ARM ncnn keeps all but the first layer of digits8-cnn.
    const most = onArm && name === 'digits8-cnn' ? 0 : 2
    t.ok(on.effective.kernels.length > most, 'effective names the layers')
    t.equal(on.effective.options.kernels, true)
    t.same(off.effective.kernels, [])
    t.equal(off.effective.options.kernels, false)
    const [ours, theirs] = [on.runSync(input), off.runSync(input)]
    for (const output of Object.keys(ours)) {
      t.ok(compareTensors(theirs[output]!, ours[output]!).sqnrDb! > 90, output)
    }
  })
}

t.test('nothing of it reaches the log', async (t) => {
  const { file, input } = await network('digits8-cnn', 'ncnn')
  const lines: string[] = []
  await using model = await open(file, { logger: ({ text }) => lines.push(text) })
  model.runSync(input)
  t.same(lines, [])
})

t.test(
  'what asks for other arithmetic or for ncnn’s plain loops gets ncnn’s own layer',
  { skip: none },
  async (t) => {
    t.same(await layersOf({}), ['one'])
    t.same(await layersOf({ kernels: false }), [])
    for (const algorithm of ['use_winograd_convolution', 'use_sgemm_convolution', 'use_packing_layout'])
      t.same(await layersOf({ [algorithm]: false }), [], algorithm)
    t.same(await layersOf({}, 32), [], 'a mask that turns sgemm off for the layer')
    t.same(await layersOf({}, 128), ['one'], 'a mask that gives it one thread')
    t.same(await layersOf({}, undefined, 'bf16'), [], 'bf16')
    if (onArm) {
      t.same(await layersOf({}, undefined, 'fp16'), [], 'fp16')
      t.same(await layersOf({}, undefined, 'fp16-storage'), [], 'fp16-storage')
      t.same(await layersOf({}, 2, 'fp16'), ['one'], 'fp16, and a mask that takes the layer out of it')
    }
    t.same(await layersOf({}, 4, 'bf16'), [], 'bf16, and a mask that takes the layer out of it')
  },
)

t.test('int8 weights stay with ncnn', { skip: none }, async (t) => {
  const { file } = await network('digits8-cnn', 'ncnn')
  await using model = await open(file.replace('model.', 'model_int8.'))
  t.same(model.effective.kernels, [])
})

t.test('the direct Net has the same option', { skip: none }, async (t) => {
  const answers = [true, false].map((kernels) => {
    const net = new Net()
    t.equal(net.opt.kernels, true, 'on unless turned off')
    net.setOptions({ kernels, use_fp16_storage: false })
    net.loadParam(pointwise())
    net.loadModel(weights)
    return net.opt.kernels
  })
  t.same(answers, [true, false])
})

t.test('a layer of Winograd’s runs small planes on its kernel', { skip: none || onArm }, async (t) => {
  const param = '7767517\n2 2\nInput in 0 1 x\nConvolution one 1 1 x y 0=8 1=3 4=1 6=576\n'
  const taps = new Float32Array(1 + 576).map((_, i) => (i === 0 ? 0 : Math.sin(i)))
  const open3x3 = (engineOptions = {}) =>
    open(Buffer.from(param), { weights: new Uint8Array(taps.buffer), precision: 'fp32', engineOptions })
  await using on = await open3x3()
  await using off = await open3x3({ kernels: false })
  t.same(on.effective.kernels, [], 'no run yet')
  for (const [size, kernels] of [
    [10, ['one']],
    [11, []],
    [4, ['one']],
  ] as const) {
    const plane = new Tensor(
      Float32Array.from({ length: 8 * size * size }, (_, i) => Math.cos(i)),
      [8, size, size],
    )
    t.ok(compareTensors(off.runSync(plane).y!, on.runSync(plane).y!).sqnrDb! > 100, `${size} × ${size}`)
    t.same(on.effective.kernels, kernels)
  }
})

for (const { type, shape } of [
  { type: 'ConvolutionDepthWise', shape: [16, 14, 15] },
  { type: 'ConvolutionDepthWise1D', shape: [16, 30] },
])
  for (const groups of [4, 2, 16])
    t.test(`${type} of ${groups} groups`, { skip: none }, async (t) => {
      const isSequence = type.endsWith('1D')
      const kernel = isSequence ? 7 : 49
      const count = (16 * 16 * kernel) / groups
      const param = `7767517\n2 2\nInput in 0 1 x\n${type} one 1 1 x y 0=16 1=7 4=3 6=${count} 7=${groups}\n`
      const taps = new Float32Array(1 + count).map((_, i) => (i === 0 ? 0 : Math.sin(i)))
      const elements = shape.reduce((product, size) => product * size)
      const input = new Tensor(
        Float32Array.from({ length: elements }, (_, i) => Math.cos(i)),
        shape,
      )
      const run = async (engineOptions: Record<string, boolean>, precision: 'fp32' | 'bf16' = 'fp32') => {
        const weights = new Uint8Array(taps.buffer)
        await using model = await open(Buffer.from(param), { weights, precision, engineOptions })
        return { y: model.runSync(input).y!, kernels: model.effective.kernels }
      }
      const off = await run({ kernels: false })
      t.same(off.kernels, [])
      const on = await run({})
      // On ARM eight channels of a plane, which are two packs there, stay with ncnn.
      t.same(on.kernels, onArm && !isSequence && groups === 2 ? [] : ['one'])
      t.ok(compareTensors(off.y, on.y).sqnrDb! > 100)
      for (const algorithm of ['use_winograd_convolution', 'use_sgemm_convolution', 'use_packing_layout'])
        t.same((await run({ [algorithm]: false })).kernels, [], algorithm)
      t.same((await run({}, 'bf16')).kernels, [], 'bf16')
    })
