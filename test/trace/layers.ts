import t from 'tap'
import { open, Tensor } from 'twinfer'
import { type TracedLayer, traceLayers } from 'twinfer/compare'
import { Mat, Net } from 'twinfer/ncnn'
import { fixture } from '../helpers/fixtures.js'
import { engines, maxAbsError, network } from '../helpers/networks.js'

const inputNames = { ncnn: 'in0', mnn: 'image' } as const

for (const engine of engines) {
  t.test(`a trace on ${engine} shows what a run computes, to the last bit`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const name = model.inputs[0]!.name
    const output = Object.values<Tensor>(model.runSync({ [name]: input }))[0]!
    const blobs: Tensor[] = []
    const layers = await traceLayers(
      file,
      { [name]: input },
      { precision: 'fp32', visit: (_, blob) => blobs.push(new Tensor(blob.data.slice(), blob.shape)) },
    )
    t.equal(layers.length, blobs.length)
    t.same(
      layers.map(({ index }) => index),
      [...layers.keys()],
    )
    t.same(blobs.at(-1)!.data, output.data)
    for (const { ms, shape, statistics } of layers) {
      t.ok(ms !== null && ms >= 0)
      t.ok(shape.length > 0)
      t.equal(statistics.nan + statistics.inf, 0)
    }
  })

  t.test(`the precision of a trace on ${engine} is that of open()`, async (t) => {
    const { file, input, expected } = await network('digits8-cnn', engine)
    const output = async (precision: 'fp32' | 'bf16') => {
      let last: Tensor | undefined
      await traceLayers(
        file,
        { [inputNames[engine]]: input },
        {
          precision,
          visit: (_, blob) => {
            last = blob
          },
        },
      )
      return maxAbsError(expected, last!)
    }
    const [exact, rounded] = [await output('fp32'), await output('bf16')]
    t.ok(exact < 3e-5, `fp32: ${exact}`)
    await using model = await open(file, { precision: 'bf16' })
    const bf16Runs = model.effective.precision === 'bf16'
    t.ok(bf16Runs ? rounded > 1e-3 : rounded < 3e-5, `bf16: ${rounded}`)
  })
}

t.test('statistics describe the blob, and say what fp16 would make of it', async (t) => {
  const net = 'Input in0 0 1 in0\nBinaryOp scale 1 1 in0 out0 0=2 1=1 2=10000.0'
  const dir = t.testdir({ 'net.param': `7767517\n2 2\n${net}\n`, 'net.bin': '' })
  const values = new Float32Array([1, 2, -7, Number.NaN])
  const trace = async (data: Float32Array): Promise<TracedLayer> =>
    (await traceLayers(`${dir}/net.param`, { in0: new Tensor(data, [4]) }, { precision: 'fp32' }))[0]!
  const { statistics } = await trace(values)
  t.match(statistics, { min: -70000, max: 20000, maxAbs: 70000, nan: 1, inf: 0, fp16: 'overflow' })
  t.ok(Math.abs(statistics.mean! - -40000 / 3) < 1e-6)
  t.ok(Math.abs(statistics.std! - Math.sqrt((1 + 4 + 49) / 3 - (4 / 3) ** 2) * 10000) < 1e-6)
  t.equal((await trace(new Float32Array([0.5, 0.6, 0.65, 0]))).statistics.fp16, 'fits')
  t.equal((await trace(new Float32Array([0.5, 0.6, 0.66, 0]))).statistics.fp16, 'risk')
  t.match((await trace(new Float32Array(4).fill(Number.NaN))).statistics, { min: null, mean: null, nan: 4 })
})

t.test(
  'blobs that a Split shares, and layers that work in place, are not changed by what follows',
  async (t) => {
    const layers = [
      'Input in0 0 1 in0',
      'Split s 1 2 in0 a b',
      'ReLU r 1 1 a c',
      'BinaryOp neg 1 1 b d 0=2 1=1 2=-1.0',
      'ReLU r2 1 1 d e',
      'BinaryOp add 2 1 c e out0 0=0',
    ]
    const dir = t.testdir({ 'net.param': `7767517\n6 7\n${layers.join('\n')}\n`, 'net.bin': '' })
    const seen: Record<string, number[]> = {}
    const input = new Tensor(new Float32Array([-1, 2, -3, 4]), [4])
    await traceLayers(
      `${dir}/net.param`,
      { in0: input },
      {
        precision: 'fp32',
        visit: ({ blob }, { data }) => {
          seen[blob] = Array.from(data as Float32Array)
        },
      },
    )
    t.same(seen, { c: [0, 2, 0, 4], d: [1, -2, 3, -4], e: [1, 0, 3, 0], out0: [1, 2, 3, 4] })
    t.same(Array.from(input.data as Float32Array), [-1, 2, -3, 4])
  },
)

t.test('a blob with several consumers and no Split is traced too', async (t) => {
  const layers = ['Input in0 0 1 in0', 'ReLU r 1 1 in0 a', 'ReLU r2 1 1 a b', 'BinaryOp add 2 1 a b out0 0=0']
  const dir = t.testdir({ 'net.param': `7767517\n4 4\n${layers.join('\n')}\n`, 'net.bin': '' })
  const traced = await traceLayers(`${dir}/net.param`, { in0: new Tensor(new Float32Array([3, -3]), [2]) })
  t.same(
    traced.map(({ blob, statistics }) => [blob, statistics.max]),
    [
      ['a', 3],
      ['b', 3],
      ['out0', 6],
    ],
  )
})

t.test('an Extractor of the direct bindings gives the same blobs', async (t) => {
  const { file, input } = await network('digits8-cnn', 'ncnn')
  const net = new Net()
  net.setOptions({ use_fp16_storage: false, use_fp16_packed: false, use_fp16_arithmetic: false })
  net.loadParam(file)
  net.loadModel(fixture('digits8-cnn/model.ncnn.bin'))
  const extractor = net.createExtractor()
  extractor.setLightMode(false)
  extractor.input('in0', Mat.from(input.data as Float32Array, [1, 8, 8]))
  await traceLayers(
    file,
    { in0: input },
    {
      precision: 'fp32',
      visit: ({ blob }, { data }) => t.same(data, extractor.extract(blob).toFloat32Array(), blob),
    },
  )
})

t.test('what cannot be traced is refused by code', async (t) => {
  const { file, input } = await network('digits8-cnn', 'ncnn')
  await t.rejects(traceLayers(file, {}), { code: 'TWINFER_MISSING_INPUT' })
  await t.rejects(traceLayers(file, { nosuch: input }), { code: 'TWINFER_UNKNOWN_INPUT' })
  await t.rejects(traceLayers(file, { in0: new Tensor(new Float32Array(64), [64, 1, 1]) }), {
    code: 'TWINFER_SHAPE_MISMATCH',
  })
  await t.rejects(traceLayers(fixture('tiny-lstm/if.mnn'), {}), { code: 'TWINFER_MODEL_UNSUPPORTED' })
  await t.rejects(traceLayers(file, { in0: input }, { precision: 'fp8' as never }), {
    code: 'TWINFER_INVALID_OPTION',
  })
})
