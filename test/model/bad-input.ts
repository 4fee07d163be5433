import t from 'tap'
import { open, Tensor } from 'twinfer'
import { fixture } from '../helpers/fixtures.js'
import { engines, network } from '../helpers/networks.js'

interface Refusal {
  readonly code: string
  readonly message?: RegExp
  readonly help?: RegExp
}

for (const engine of engines) {
  t.test(`${engine} refuses wrong inputs with the expected and the received value`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file)
    const name = model.inputs[0]!.name
    const refused = async (what: string, inputs: unknown, error: Refusal) => {
      t.throws(() => model.runSync(inputs as Tensor), error, `${what}, sync`)
      await t.rejects(model.run(inputs as Tensor), error, `${what}, async`)
    }
    await refused(
      'unknown name',
      { [`${name}x`]: input },
      { code: 'TWINFER_UNKNOWN_INPUT', help: RegExp(name) },
    )
    await refused('no input', {}, { code: 'TWINFER_MISSING_INPUT', message: RegExp(name) })
    await refused('too many', [input, input], { code: 'TWINFER_UNKNOWN_INPUT', message: /1.*2/ })
    await refused('null', null, { code: 'TWINFER_INVALID_ARGUMENT', message: /null/ })
    await refused('a number', 3, { code: 'TWINFER_INVALID_ARGUMENT' })
    await refused('a plain array as input', { [name]: [1, 2] }, { code: 'TWINFER_INVALID_ARGUMENT' })
    await refused('wrong shape', Tensor.zeros([1, 3, 8, 8]), {
      code: 'TWINFER_SHAPE_MISMATCH',
      message: /8,8/,
    })
    await refused('five dimensions', Tensor.zeros([1, 1, 1, 8, 8]), { code: 'TWINFER_SHAPE_MISMATCH' })
    await refused('no elements', Tensor.zeros([1, 1, 0, 8]), { code: 'TWINFER_SHAPE_MISMATCH' })
    await refused('float64', Tensor.zeros([1, 1, 8, 8], 'float64'), {
      code: 'TWINFER_DTYPE_MISMATCH',
      message: /float32.*float64/,
    })
    await refused('int32', Tensor.zeros([1, 1, 8, 8], 'int32'), { code: 'TWINFER_DTYPE_MISMATCH' })
  })

  t.test(`${engine} refuses an array that lost its memory`, async (t) => {
    const { file } = await network('digits8-cnn', engine)
    await using model = await open(file)
    const tensor = Tensor.zeros([1, 1, 8, 8])
    structuredClone(tensor.data.buffer, { transfer: [tensor.data.buffer as ArrayBuffer] })
    t.throws(() => model.runSync(tensor), { code: 'TWINFER_BUFFER_DETACHED' })
    await t.rejects(model.run(tensor), { code: 'TWINFER_BUFFER_DETACHED' })
  })

  t.test(`${engine} reads an array from its byte offset`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const output = model.outputs[0]!.name
    const shifted = new Float32Array(67).subarray(3)
    shifted.set(input.data as Float32Array)
    const expected = model.runSync(input)[output]!
    t.same(model.runSync(new Tensor(shifted, input.shape))[output]!.data, expected.data)
    t.same((await model.run(new Tensor(shifted, input.shape)))[output]!.data, expected.data)
  })

  t.test(`${engine} refuses unknown outputs and options`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file)
    t.throws(() => model.runSync(input, { outputs: ['prob'] }), { code: 'TWINFER_UNKNOWN_OUTPUT' })
    const refused = (options: object, message: RegExp) =>
      t.rejects(open(file, options), { code: 'TWINFER_INVALID_OPTION', message })
    await refused({ precision: 'fp8' }, /fp8/)
    await refused({ threads: 0 }, /0/)
    await refused({ threads: 1.5 }, /1\.5/)
    await refused({ thread: 2 }, /thread/)
    await refused({ device: 'tpu' }, /tpu/)
    await refused({ engine: 'tflite' }, /tflite/)
    await refused({ engineOptions: { no_such_switch: true } }, /no_such_switch/)
  })
}

t.test('files that are no model', async (t) => {
  await t.rejects(open(fixture('digits8-cnn')), { code: 'TWINFER_MODEL_INVALID' })
  await t.rejects(open(fixture('digits8-cnn'), { engine: 'mnn' }), {
    code: 'TWINFER_MODEL_INVALID',
    message: /folder/,
  })
  await t.rejects(open(fixture('digits8-cnn/modle.mnn')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /model\.mnn/,
  })
  await t.rejects(open(fixture('digits8-cnn/model.ncnn.bin')), {
    code: 'TWINFER_MODEL_INVALID',
    help: /\.param/,
  })
  await t.rejects(open(fixture('digits8-cnn/model.onnx')), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    help: /onnxruntime/,
  })
  await t.rejects(open(new Uint8Array(0)), { code: 'TWINFER_MODEL_INVALID' })
  await t.rejects(open(42 as unknown as string), { code: 'TWINFER_INVALID_ARGUMENT', message: /number/ })
  await t.rejects(open(Buffer.from('7767517\n')), { code: 'TWINFER_INVALID_ARGUMENT', message: /weights/ })
})

t.test('a .param without its .bin says so', async (t) => {
  const { copyFile } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const folder = t.testdir()
  await copyFile(fixture('digits8-cnn/model.ncnn.param'), join(folder, 'alone.param'))
  await t.rejects(open(join(folder, 'alone.param')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    message: /alone\.bin/,
  })
})
