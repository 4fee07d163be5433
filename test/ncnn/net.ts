import { readFileSync } from 'node:fs'
import t from 'tap'
import { Tensor } from 'twinfer'
import { Mat, Net } from 'twinfer/ncnn'
import { fixture } from '../helpers/fixtures.js'
import { maxAbsError, network } from '../helpers/networks.js'

const param = fixture('digits8-cnn/model.ncnn.param')
const weights = fixture('digits8-cnn/model.ncnn.bin')

function loaded(): Net {
  const net = new Net()
  net.setOptions({ use_fp16_storage: false, use_fp16_packed: false, use_fp16_arithmetic: false })
  net.loadParam(param)
  net.loadModel(weights)
  return net
}

t.test('Net, Extractor and Mat run a network as ncnn documents them', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'ncnn')
  const net = loaded()
  t.same(net.inputNames, ['in0'])
  t.same(net.outputNames, ['out0'])
  t.match(net.layers[0], { type: 'Input', name: 'in0', bottoms: [], tops: ['in0'] })
  const extractor = net.createExtractor()
  extractor.input('in0', Mat.from(input.data as Float32Array, [1, 8, 8]))
  const out = extractor.extract('out0')
  t.match(out, { dims: 1, w: 10, elempack: 1, elemsize: 4 })
  t.ok(maxAbsError(expected, new Tensor(out.toFloat32Array(), [10])) < 3e-5)
})

t.test('blobs go by index and any blob can be extracted or injected', async (t) => {
  const { input } = await network('digits8-cnn', 'ncnn')
  const net = loaded()
  const whole = net.createExtractor()
  whole.setLightMode(false)
  whole.input(net.inputIndexes[0]!, Mat.from(input.data as Float32Array, [1, 8, 8]))
  const out = whole.extract(net.outputIndexes[0]!).toFloat32Array()
  const middle = whole.extract('4')
  t.same(middle.shape, [48, 8, 8])
  const rest = net.createExtractor()
  rest.input('4', middle)
  t.same(rest.extract('out0').toFloat32Array(), out, 'an injected blob gives the same bits')
})

t.test('a param and weights load from memory', async (t) => {
  const net = new Net()
  net.loadParam(readFileSync(param))
  net.loadModel(readFileSync(weights))
  t.equal(net.layers.length, 9)
})

t.test('options: every field by its name, frozen once a param is loaded', async (t) => {
  const net = new Net()
  t.equal(net.opt.use_winograd_convolution, true)
  net.setOptions({ use_winograd_convolution: false, num_threads: 1, flush_denormals: 0 })
  t.match(net.opt, { use_winograd_convolution: false, num_threads: 1, flush_denormals: 0 })
  t.throws(() => net.setOptions({ num_threads: 0 }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /num_threads/,
  })
  t.throws(() => net.setOptions({ nope: true } as object), {
    code: 'TWINFER_INVALID_OPTION',
    message: /nope/,
  })
  t.throws(() => net.setOptions({ lightmode: 1 } as object), { code: 'TWINFER_INVALID_OPTION' })
  net.loadParam(param)
  t.throws(() => net.setOptions({ num_threads: 2 }), { code: 'TWINFER_OPTIONS_FROZEN' })
  t.equal(net.opt.num_threads, 1)
})

t.test('extract before the weights are loaded is refused (H3)', async (t) => {
  const net = new Net()
  t.throws(() => net.createExtractor(), { code: 'TWINFER_INVALID_STATE' })
  t.throws(() => net.loadModel(weights), { code: 'TWINFER_INVALID_STATE' })
  net.loadParam(param)
  t.throws(() => net.createExtractor(), { code: 'TWINFER_INVALID_STATE' })
  t.throws(() => net.loadModel(new Uint8Array(100)), { code: 'TWINFER_MODEL_TRUNCATED' })
  t.throws(() => net.createExtractor(), { code: 'TWINFER_INVALID_STATE' }, 'nor after they failed to')
})

t.test('weights load once: a second time would run on transformed ones', async (t) => {
  t.throws(() => loaded().loadModel(weights), { code: 'TWINFER_INVALID_STATE' })
})

t.test('an input that was not set is named, not a crash (H2)', async (t) => {
  const extractor = loaded().createExtractor()
  t.throws(() => extractor.extract('out0'), { code: 'TWINFER_MISSING_INPUT', message: /in0/ })
  t.throws(() => extractor.extract('in0'), { code: 'TWINFER_MISSING_INPUT', message: /in0/ })
})

t.test('an Extractor is one run: a second input is refused, a released blob too', async (t) => {
  const extractor = loaded().createExtractor()
  const mat = Mat.from(new Float32Array(64), [1, 8, 8])
  extractor.input('in0', mat)
  extractor.extract('out0')
  t.throws(() => extractor.input('in0', mat), { code: 'TWINFER_INVALID_STATE' })
  t.throws(() => extractor.extract('4'), { code: 'TWINFER_INVALID_STATE', message: /light mode/ })
  t.same(extractor.extract('out0').shape, [10])
  extractor.clear()
  extractor.input('in0', mat)
  t.same(extractor.extract('4').shape, [48, 8, 8])
})

t.test('wrong blobs and Mats are refused', async (t) => {
  const extractor = loaded().createExtractor()
  const mat = Mat.from(new Float32Array(64), [1, 8, 8])
  t.throws(() => extractor.input('in1', mat), { code: 'TWINFER_UNKNOWN_INPUT', help: /in0/ })
  t.throws(() => extractor.input(99, mat), { code: 'TWINFER_INVALID_ARGUMENT', message: /99/ })
  t.throws(() => extractor.input(-1, mat), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => extractor.input('in0', {} as Mat), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => extractor.input('in0', undefined as unknown as Mat), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => extractor.extract('prob'), { code: 'TWINFER_UNKNOWN_OUTPUT', help: /out0/ })
  extractor.input('in0', Mat.from(new Float32Array(192), [3, 8, 8]))
  t.throws(() => extractor.extract('out0'), { code: 'TWINFER_SHAPE_MISMATCH' })
})

t.test('a failed or repeated load leaves living Extractors alone', async (t) => {
  const net = loaded()
  const extractor = net.createExtractor()
  extractor.input('in0', Mat.from(new Float32Array(64), [1, 8, 8]))
  t.throws(() => net.loadParam(Buffer.from('nonsense')), { code: 'TWINFER_MODEL_INVALID' })
  net.clear()
  t.same(extractor.extract('out0').shape, [10])
})

t.test('a blob with two consumers and no Split between survives light mode', async (t) => {
  const net = new Net()
  net.loadParam(
    Buffer.from(
      '7767517\n4 4\nInput in 0 1 x\nReLU a 1 1 x p\nSigmoid b 1 1 x q\nBinaryOp c 2 1 p q y 0=0\n',
    ),
  )
  net.loadModel(new Uint8Array(0))
  const extractor = net.createExtractor()
  extractor.input('x', Mat.from(Float32Array.of(0, 0, 0, 0), [4]))
  // On a CPU without AVX-512, ncnn's exponential gives 0.49999997.
  for (const value of extractor.extract('y').toFloat32Array()) t.ok(Math.abs(value - 0.5) < 1e-6, `${value}`)
})

t.test('int8 weights that are cut short anywhere are refused before ncnn reads them (H4)', async (t) => {
  const whole = readFileSync(fixture('digits8-cnn/model_int8.ncnn.bin'))
  for (let length = 0; length < whole.length; length += 397) {
    const net = new Net()
    net.loadParam(fixture('digits8-cnn/model_int8.ncnn.param'))
    t.throws(
      () => net.loadModel(whole.subarray(0, length)),
      { code: 'TWINFER_MODEL_TRUNCATED' },
      `${length} bytes`,
    )
  }
})
