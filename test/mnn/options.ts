import t from 'tap'
import { open, Tensor } from 'twinfer'
import { fixture } from '../helpers/fixtures.js'
import { convolutionFile } from '../helpers/mnnFile.js'
import { maxAbsError, network } from '../helpers/networks.js'

const file = fixture('digits8-cnn/model.mnn')
const x86 = process.arch === 'x64'

t.test('an unknown option is refused with its nearest names', async (t) => {
  await t.rejects(open(file, { engineOptions: { winogradLevel: 0 } }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /nearest: winogradMemoryLevel/,
    help: /power/,
  })
  await t.rejects(open(file, { engineOptions: { winogradMemoryLevel: 9 } }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /from 0 to 3/,
  })
  await t.rejects(open(file, { engineOptions: { memory: 'tiny' } }), { message: /normal, high, low/ })
})

t.test("options go by MNN's names or JavaScript's, and are read back", async (t) => {
  for (const name of ['WINOGRAD_MEMORY_LEVEL', 'winogradMemoryLevel']) {
    await using model = await open(file, {
      threads: 2,
      engineOptions: { [name]: 0, memory: 'low', power: 'high' },
    })
    t.match(model.effective.options, { winogradMemoryLevel: 0, memory: 'low', power: 'high', numThread: 2 })
  }
})

t.test('plain kernels give the reference too', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  await using model = await open(file, { precision: 'fp32', engineOptions: { flags: 4 } })
  t.equal(model.effective.backend, 'cpu')
  t.ok(maxAbsError(expected, Object.values<Tensor>(model.runSync(input))[0]!) < 3e-5)
})

t.test('effective says what really runs', { skip: !x86 && 'x86 only' }, async (t) => {
  for (const precision of ['fp16', 'bf16', 'fp16-storage', 'int8'] as const) {
    await using model = await open(file, { precision })
    t.equal(model.effective.precision, 'fp32')
    t.ok(model.effective.notes.some((note) => note.startsWith(`requested ${precision} → active fp32`)))
  }
  await using fp32 = await open(file, { precision: 'fp32' })
  t.match(fp32.effective, { engine: 'mnn', engineVersion: '3.6.1', modelVersion: '3.6.1', precision: 'fp32' })
  t.match(fp32.effective.backend, /^cpu/)
})

t.test('int8 on a model with quantised weights computes in int8', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  await using model = await open(fixture('digits8-cnn/model_w8.mnn'), { precision: 'int8' })
  t.equal(model.effective.precision, 'int8')
  t.ok(maxAbsError(expected, Object.values<Tensor>(model.runSync(input))[0]!) < 0.3)
})

t.test('open dimensions take any size, static ones their own', async (t) => {
  const layer = { inputs: 1, outputs: 1, weights: [2], biases: [1] }
  await using model = await open(convolutionFile([-1, 1, -1, -1], layer), { engine: 'mnn' })
  t.same(model.inputs[0]!.shape, [-1, 1, -1, -1])
  for (const shape of [
    [1, 1, 2, 2],
    [3, 1, 5, 7],
    [1, 1, 2, 2],
  ]) {
    const { y } = model.runSync(new Tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(3), shape))
    t.same(y!.shape, shape)
    t.ok(Array.from(y!.data as Float32Array).every((value) => value === 7))
  }
  t.throws(() => model.runSync(Tensor.zeros([1, 2, 4, 4])), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => model.runSync(Tensor.zeros([1, 1, 0, 4])), { code: 'TWINFER_SHAPE_MISMATCH' })
})

t.test('inputShapes sizes an open model at load', async (t) => {
  const layer = { inputs: 1, outputs: 1, weights: [2], biases: [1] }
  const bytes = convolutionFile([1, 1, -1, -1], layer)
  await using model = await open(bytes, { engine: 'mnn', inputShapes: { x: [1, 1, 4, 4] } })
  t.same(model.runSync(Tensor.zeros([1, 1, 4, 4])).y!.shape, [1, 1, 4, 4])
  await t.rejects(open(bytes, { engine: 'mnn', inputShapes: { nothing: [1] } }), {
    code: 'TWINFER_UNKNOWN_INPUT',
  })
  await t.rejects(open(bytes, { engine: 'mnn', inputShapes: { x: [1, 2, 4, 4] } }), {
    code: 'TWINFER_SHAPE_MISMATCH',
  })
})

t.test('a packed input is copied, and says so', async (t) => {
  const layer = { inputs: 3, outputs: 1, weights: [1, 1, 1], biases: [0] }
  await using model = await open(convolutionFile([1, 3, 1, 2], layer, { dataFormat: 2 }), { engine: 'mnn' })
  const result = model.runSync(new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 1, 2]))
  t.same(result.y!.data, Float32Array.of(9, 12))
  t.same(result.zeroCopy.inputs, { x: false })
})
