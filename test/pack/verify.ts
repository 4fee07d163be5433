import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Tensor } from 'twinfer'
import { verify } from 'twinfer/compare'
import { changeManifest, digits, digitsInput, flipBit, recordDigits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

t.test('the model that was recorded is found, and passes with nothing to tell', async (t) => {
  const folder = t.testdir()
  for (const file of ['model.ncnn.param', 'model.ncnn.bin']) copyFileSync(digits(file), join(folder, file))
  const pack = await recordDigits(folder)
  const { pass, notices, number, layers } = await verify(pack, undefined, { precision: 'fp32' })
  t.equal(pass, true)
  t.same(notices, [])
  t.equal(number, null)
  t.equal(layers, undefined)
})

t.test('what one engine recorded, the other is judged by', async (t) => {
  for (const [recorded, verified] of [
    ['model.ncnn.param', 'model.mnn'],
    ['model.mnn', 'model.ncnn.param'],
    ['model.onnx', 'model.mnn'],
  ] as const) {
    const pack = await recordDigits(t.testdir(), recorded)
    const { pass, notices, outputs, judgedAs } = await verify(pack, digits(verified), { precision: 'fp32' })
    t.equal(pass, true, `${recorded} by ${verified}`)
    t.match(notices, [{ code: 'engine-differs', severity: 'info' }])
    t.equal(judgedAs?.precision, 'fp32')
    t.ok(outputs[0]!.sqnrDb! > 90, `${outputs[0]!.sqnrDb} dB`)
  }
})

t.test('files of lower precision pass as what they are, and the other file is said first', async (t) => {
  const pack = await recordDigits(t.testdir())
  for (const [file, precision] of [
    ['model_fp16.ncnn.param', 'fp16-weights'],
    ['model_fp16.mnn', 'fp16-weights'],
    ['model_int8.ncnn.param', 'int8'],
    ['model_w8.mnn', 'int8'],
  ] as const) {
    const { pass, judgedAs, notices, verdict } = await verify(pack, digits(file), { precision: 'fp32' })
    t.equal(pass, true, `${file}: ${verdict.reason}`)
    t.equal(judgedAs?.precision, precision, file)
    t.equal(notices[0]?.code, file.endsWith('.param') ? 'weights-differ' : 'engine-differs')
  }
})

t.test('a precision that ran is what the verdict depends on', async (t) => {
  const pack = await recordDigits(t.testdir())
  const { pass, judgedAs, notices } = await verify(pack, digits('model.ncnn.param'), { precision: 'bf16' })
  t.equal(pass, true)
  t.equal(judgedAs?.precision, 'bf16')
  t.match(notices, [{ code: 'precision-differs', message: /fp32, verified in bf16/ }])
})

t.test('damaged weights fail, and the first layer that is off is named', async (t) => {
  const folder = t.testdir()
  for (const file of ['model.ncnn.param', 'model.ncnn.bin']) copyFileSync(digits(file), join(folder, file))
  const pack = await recordDigits(folder)
  const model = join(folder, 'model.ncnn.param')
  // The largest exponent bit of a weight of the second convolution.
  const weights = join(folder, 'model.ncnn.bin')
  flipBit(weights, 4003, 0x40)
  const { pass, notices, layers, verdict } = await verify(pack, model, { precision: 'fp32' })
  t.equal(pass, false)
  t.match(notices, [{ code: 'weights-differ', severity: 'warning' }])
  t.match(layers?.firstDivergence, { name: 'convrelu_1', type: 'Convolution' }, verdict.reason)
})

t.test('an input that is not the recorded one fails, however near its outputs come', async (t) => {
  const pack = await recordDigits(t.testdir())
  const golden = await digitsInput()
  const scaled = (factor: number) =>
    new Tensor(
      Float32Array.from(golden.data as Float32Array, (value) => value * factor),
      golden.shape,
    )
  // 60 dB: far above the floor of int8, which would excuse it.
  const near = await verify(pack, digits('model_int8.ncnn.param'), { inputs: scaled(1.001) })
  t.match(near, { pass: false, verdict: { pass: false, reason: /not the recorded one.*preprocessing/ } })
  t.match(near.deployed, {
    inputs: [{ name: 'in0', verdict: { pass: false } }],
    outputs: [{ verdict: { pass: true } }],
  })
  t.equal(near.outputs[0]?.verdict.pass, true, 'on the recorded input the model is right')
  const same = await verify(pack, digits('model_int8.ncnn.param'), { inputs: scaled(1) })
  t.equal(same.pass, true)
  const larger = await verify(pack, digits('model.mnn'), { inputs: Tensor.zeros([1, 1, 16, 16]) })
  t.match(larger, { pass: false, deployed: { outputs: [], verdict: { reason: /expected shape/ } } })
})

t.test('an output of another shape, and one that is missing, fail', async (t) => {
  const pack = await recordDigits(t.testdir())
  await changeManifest(pack, ({ recorded }) => {
    recorded.outputs.push({ ...recorded.outputs[0], name: 'aux' })
  })
  const missing = await verify(pack, digits('model.ncnn.param'))
  t.match(missing, { pass: false, verdict: { reason: /aux: the candidate has no counterpart/ } })
})

t.test('tolerances of the pack hold until others are given', async (t) => {
  const pack = await recordDigits(t.testdir(), 'model.ncnn.param', { tolerances: ['out0:sqnr=300'] })
  const model = digits('model.mnn')
  t.match(await verify(pack, model), { pass: false, verdict: { reason: /300/ } })
  t.match(await verify(pack, model, { tolerances: ['sqnr=60'] }), { pass: true })
  await t.rejects(verify(pack, model, { tolerances: ['prob:sqnr=60'] }), { code: 'TWINFER_USAGE' })
})

t.test('a run in fp16 that fails is told which layers fp16 cannot hold', async (t) => {
  const pack = await recordDigits(t.testdir(), 'model.ncnn.param', { tolerances: ['sqnr=300'] })
  await changeManifest(pack, ({ layers }) => {
    Object.assign(layers[2].statistics, { maxAbs: 1e6, fp16: 'overflow' })
    Object.assign(layers[3].statistics, { maxAbs: 7000, fp16: 'risk' })
  })
  const model = digits('model.ncnn.param')
  const { overflow } = await verify(pack, model, { precision: 'fp16-storage' })
  t.match(overflow, [
    { layer: 'convdwrelu_0', level: 'certain', maxAbs: 1e6 },
    { layer: 'convrelu_2', level: 'risk' },
  ])
  t.same((await verify(pack, model, { precision: 'bf16' })).overflow, [])
})

t.test('versions that differ are said before anything else', async (t) => {
  const pack = await recordDigits(t.testdir())
  await changeManifest(pack, ({ recorded }) => {
    Object.assign(recorded.versions, { engine: '1.0.20200101', twinfer: '9.9.9' })
    Object.assign(recorded.machine, { arch: 'arm64', cpu: 'Cortex-A76' })
  })
  const { notices } = await verify(pack, digits('model_fp16.ncnn.param'))
  t.same(notices.map(({ code }) => code).slice(0, 3), [
    'engine-version-differs',
    'twinfer-version-differs',
    'weights-differ',
  ])
  t.match(notices[0]?.message, /1\.0\.20200101/)
  t.ok(notices.some(({ code }) => code === 'machine-differs'))
})

t.test('a model that is nowhere is a question, not a failure', async (t) => {
  const folder = t.testdir()
  const pack = await recordDigits(folder)
  await changeManifest(pack, ({ recorded }) => {
    recorded.model.path = 'gone/model.ncnn.param'
  })
  await t.rejects(verify(pack), {
    code: 'TWINFER_FILE_NOT_FOUND',
    message: /recorded from gone\/model\.ncnn\.param.*gone/s,
    help: /twinfer verify PACK MODEL/,
  })
})
