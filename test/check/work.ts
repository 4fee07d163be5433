import t from 'tap'
import { weightStorage, workOf } from '../../dist/file/inspect.js'
import { fixture } from '../helpers/fixtures.js'
import { sharedModels } from '../helpers/shared.js'

t.test('both engines do the same work for the same network', async (t) => {
  for (const [name, work] of [
    ['digits8-cnn', { depth: 6, longestDot: 432, approximated: 0 }],
    ['tiny-ecapa-tdnn', { depth: 26, longestDot: 576, approximated: 0 }],
  ] as const) {
    t.strictSame(await workOf(fixture(`${name}/model.ncnn.param`)), work)
    t.strictSame(await workOf(fixture(`${name}/model.mnn`)), work)
  }
})

const models = sharedModels()
t.test(
  "MNN's converter makes GELU its tanh formula, ncnn's keeps it exact",
  {
    skip: models === undefined && 'no models beside the project',
  },
  async (t) => {
    t.equal((await workOf(`${models}/tiny-vit/model.mnn`)).approximated, 4)
    t.equal((await workOf(`${models}/tiny-vit/model.ncnn.param`)).approximated, 0)
  },
)

t.test('how weights are stored is read from the tags', async (t) => {
  for (const [file, storage] of [
    ['model.ncnn.param', 'fp32'],
    ['model_fp16.ncnn.param', 'fp16'],
    ['model_int8.ncnn.param', 'int8'],
    ['model.mnn', 'fp32'],
    ['model_fp16.mnn', 'fp16'],
    ['model_w8.mnn', 'int8'],
  ] as const)
    t.equal(await weightStorage(fixture(`digits8-cnn/${file}`)), storage, file)
})

t.test('an .onnx has neither', async (t) => {
  const unsupported = { name: 'TwinferError', code: 'TWINFER_MODEL_UNSUPPORTED' }
  await t.rejects(workOf(fixture('digits8-cnn/model.onnx')), unsupported)
  await t.rejects(weightStorage(fixture('digits8-cnn/model.onnx')), unsupported)
})
