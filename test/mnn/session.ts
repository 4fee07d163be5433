import { readFileSync } from 'node:fs'
import t from 'tap'
import { Tensor } from 'twinfer'
import { ForwardType, getVersion, HintMode, Interpreter, Precision, SessionMode } from 'twinfer/mnn'
import { fixture } from '../helpers/fixtures.js'
import { convolutionFile } from '../helpers/mnnFile.js'
import { maxAbsError, network } from '../helpers/networks.js'

const file = fixture('digits8-cnn/model.mnn')
const config = { numThread: 1, backendConfig: { precision: Precision.High } } as const

t.test('Interpreter, Session and Tensor run a network as MNN documents them', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  t.equal(getVersion(), '3.6.1')
  const interpreter = Interpreter.createFromFile(file)
  t.equal(interpreter.getModelVersion(), '3.6.1')
  using session = interpreter.createSession(config)
  t.same(session.inputNames, ['image'])
  const image = session.getSessionInput()
  t.match(image, { name: 'image', dtype: 'float32', format: 'NCHW', layout: 'NCHW' })
  t.same(image.shape, [1, 1, 8, 8])
  image.copyFromHost(input)
  session.runSession()
  t.ok(maxAbsError(expected, session.getSessionOutput().copyToHost()) < 3e-5)
  t.match(session.getSessionInfo(), { resizeStatus: 0, threadNumber: 1 })
  t.ok([ForwardType.CPU, ForwardType.CPU_EXTENSION].some((type) => type === session.getSessionInfo().backend))
})

t.test('an Interpreter loads from memory, and a Session outlives every handle to it', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  const session = Interpreter.createFromBuffer(readFileSync(file)).createSession(config)
  globalThis.gc?.()
  session.getSessionInput('image').copyFromHost(input)
  session.runSession()
  t.ok(maxAbsError(expected, session.getSessionOutput().copyToHost()) < 3e-5)
})

t.test('a tensor keeps its session alive', async (t) => {
  const tensor = Interpreter.createFromFile(file).createSession(config).getSessionInput()
  globalThis.gc?.()
  t.same(tensor.shape, [1, 1, 8, 8])
})

t.test('copyFromHost takes the right shape, length and type only (H7)', async (t) => {
  const session = Interpreter.createFromFile(file).createSession(config)
  const image = session.getSessionInput()
  t.throws(() => image.copyFromHost(new Float32Array(6400)), { code: 'TWINFER_LENGTH_MISMATCH' })
  t.throws(() => image.copyFromHost(new Float32Array(6)), { code: 'TWINFER_LENGTH_MISMATCH' })
  t.throws(() => image.copyFromHost(new Int32Array(64)), { code: 'TWINFER_DTYPE_MISMATCH' })
  t.throws(() => image.copyFromHost(Tensor.zeros([1, 64, 1, 1])), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => image.copyFromHost(Tensor.zeros([1, 1, 8, 8], 'float32', 'NHWC')), {
    code: 'TWINFER_LAYOUT_MISMATCH',
  })
  t.throws(() => image.copyToHost(new Float32Array(63)), { code: 'TWINFER_LENGTH_MISMATCH' })
  const offset = new Float32Array(65).subarray(1).fill(2)
  image.copyFromHost(offset)
  t.same(image.copyToHost().data, offset, 'a byte offset is respected')
})

t.test('resizeTensor checks dimensions, channels and the owner (H10)', async (t) => {
  const interpreter = Interpreter.createFromFile(file)
  const session = interpreter.createSession(config)
  const image = session.getSessionInput()
  const refused = { code: 'TWINFER_SHAPE_MISMATCH' }
  t.throws(() => session.resizeTensor(image, Array(20).fill(1)), refused)
  t.throws(
    () => session.resizeTensor(image, [1, 3, 8, 8]),
    refused,
    'another channel count runs and gives garbage',
  )
  t.throws(() => session.resizeTensor(image, [1, 1, 64]), refused)
  t.throws(() => session.resizeTensor(image, [0, 1, 8, 8]), refused)
  const stranger = interpreter.createSession(config)
  const foreign = { code: 'TWINFER_INVALID_ARGUMENT' }
  t.throws(() => stranger.resizeTensor(image, [1, 1, 8, 8]), foreign)
  t.throws(() => session.resizeTensor(session.getSessionOutput(), [1, 10]), foreign)
})

t.test('a resize takes effect with resizeSession, and a run before it is refused', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  const session = Interpreter.createFromFile(file).createSession(config)
  session.resizeTensor(session.getSessionInput(), [2, 1, 8, 8])
  t.throws(() => session.runSession(), { code: 'TWINFER_INVALID_STATE' })
  t.throws(() => session.getSessionInput().copyToHost(), { code: 'TWINFER_INVALID_STATE' })
  session.resizeSession()
  const twice = new Float32Array(128)
  twice.set(input.data as Float32Array)
  twice.set(input.data as Float32Array, 64)
  session.getSessionInput().copyFromHost(twice)
  session.runSession()
  const { data, shape } = session.getSessionOutput().copyToHost()
  t.same(shape, [2, 10])
  for (const half of [data.slice(0, 10), data.slice(10)]) {
    t.ok(maxAbsError(expected, new Tensor(half, [1, 10])) < 3e-5)
  }
})

t.test('modes and hints come before sessions', async (t) => {
  const interpreter = Interpreter.createFromFile(file)
  interpreter.setSessionMode(SessionMode.Session_Release)
  interpreter.setSessionHint(HintMode.WINOGRAD_MEMORY_LEVEL, 0)
  t.throws(() => interpreter.setSessionHint(HintMode.WINOGRAD_MEMORY_LEVEL, 99), {
    code: 'TWINFER_INVALID_ARGUMENT',
  })
  t.throws(() => interpreter.setSessionMode(99 as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  const session = interpreter.createSession(config)
  const late = { code: 'TWINFER_INVALID_STATE' }
  t.throws(() => interpreter.setSessionMode(SessionMode.Session_Debug), late)
  t.throws(() => interpreter.setSessionHint(HintMode.WINOGRAD_MEMORY_LEVEL, 0), late)
  t.throws(() => session.runSessionWithCallBackInfo(), late, 'Release mode calls nothing back')
})

t.test(
  'after releaseModel the versions are still there, new sessions and resizes are not (H12)',
  async (t) => {
    const interpreter = Interpreter.createFromFile(file)
    const session = interpreter.createSession(config)
    interpreter.releaseModel()
    interpreter.releaseModel()
    t.equal(interpreter.getModelVersion(), '3.6.1')
    t.type(interpreter.uuid, 'string')
    const gone = { code: 'TWINFER_INVALID_STATE' }
    t.throws(() => interpreter.createSession(config), gone)
    t.throws(() => session.resizeSession(), gone)
  },
)

t.test('a released session takes its tensors with it', async (t) => {
  const session = Interpreter.createFromFile(file).createSession(config)
  const image = session.getSessionInput()
  session.releaseSession()
  session.releaseSession()
  const gone = { code: 'TWINFER_DISPOSED' }
  t.throws(() => session.runSession(), gone)
  t.throws(() => session.getSessionInput(), gone)
  t.throws(() => image.shape, gone)
  t.throws(() => image.map('read'), gone)
})

t.test('a backend that is not there is an error, where MNN would take the CPU', async (t) => {
  const interpreter = Interpreter.createFromFile(file)
  t.throws(() => interpreter.createSession({ type: ForwardType.METAL }), {
    code: 'TWINFER_DEVICE_UNAVAILABLE',
  })
})

t.test('names of tensors and operators are checked', async (t) => {
  const interpreter = Interpreter.createFromFile(file)
  const unknown = { code: 'TWINFER_INVALID_ARGUMENT' }
  t.throws(() => interpreter.createSession({ saveTensors: ['nothing'] }), unknown)
  t.throws(() => interpreter.createSession({ path: { outputs: ['nothing'] } }), unknown)
  const session = interpreter.createSession(config)
  t.throws(() => session.getSessionInput('nothing'), { code: 'TWINFER_UNKNOWN_INPUT', message: /image/ })
  t.throws(() => session.getSessionOutput('nothing'), { code: 'TWINFER_UNKNOWN_OUTPUT' })
})

t.test('saveTensors adds outputs', async (t) => {
  const middle = '/b/b.0/b.0.2/Relu_output_0'
  const session = Interpreter.createFromFile(file).createSession({ ...config, saveTensors: [middle] })
  t.ok(session.outputNames.includes(middle))
  t.same(session.getSessionOutput(middle).shape, [1, 12, 8, 8])
})

t.test(
  'runSessionWithCallBackInfo collects operators with their values, and stops where it is told',
  async (t) => {
    const { input, expected } = await network('digits8-cnn', 'mnn')
    const session = Interpreter.createFromFile(file).createSession(config)
    session.getSessionInput().copyFromHost(input)
    const all = session.runSessionWithCallBackInfo({ values: true })
    t.ok(all.length > 5)
    t.ok(all.every(({ name, type, flops }) => name && type && flops >= 0))
    t.ok(maxAbsError(expected, new Tensor(all.at(-1)!.outputs[0]!.data, [1, 10])) < 3e-5)
    const name = all[2]!.name
    session.getSessionInput().copyFromHost(input)
    const one = session.runSessionWithCallBackInfo({ values: true, names: [name] })
    t.same(one, [{ ...all[2]!, ms: one[0]!.ms }])
    t.equal(session.runSessionWithCallBackInfo({ stopAfter: name }).length, 3)
  },
)

t.test(
  'saveTensors and callbacks unpack NC4HW4, which host<>() would show in pieces of 4, 8 or 16',
  async (t) => {
    const weights = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 2, 0, 0]
    const bytes = convolutionFile(
      [1, 3, 1, 2],
      { inputs: 3, outputs: 5, weights, biases: [0, 0, 0, 0, 10] },
      { dataFormat: 2 },
    )
    const session = Interpreter.createFromBuffer(bytes).createSession(config)
    t.equal(session.getSessionInput().format, 'NC4HW4')
    t.equal(session.getSessionInput().layout, 'NCHW')
    session.getSessionInput().copyFromHost(Float32Array.of(1, 2, 3, 4, 5, 6))
    session.runSession()
    const y = session.getSessionOutput()
    t.equal(y.format, 'NC4HW4')
    t.same(y.copyToHost().data, Float32Array.of(1, 2, 3, 4, 5, 6, 9, 12, 12, 14))
    const [traced] = session.runSessionWithCallBackInfo({ values: true, names: ['conv'] })
    t.same(traced!.outputs[0]!.data, Float32Array.of(1, 2, 3, 4, 5, 6, 9, 12, 12, 14))
  },
)
