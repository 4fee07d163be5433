import { readFile } from 'node:fs/promises'
import t from 'tap'
import { open, readNpy, Tensor } from 'twinfer'
import { Interpreter, Module } from 'twinfer/mnn'
import { withExponentials } from '../helpers/exponentials.js'
import { fixture } from '../helpers/fixtures.js'
import { maxAbsError } from '../helpers/networks.js'

const lstm = fixture('tiny-lstm/model.mnn')
const branch = fixture('tiny-lstm/if.mnn')
const input = await readNpy(fixture('tiny-lstm/input.npy'))
const expected = await readNpy(fixture('tiny-lstm/expected.npy'))
const expectedState = await readNpy(fixture('tiny-lstm/expected-h.npy'))

const limit = withExponentials('mnn', 1e-6)

t.test('Module runs an LSTM, which MNN keeps as a loop', async (t) => {
  using module = Module.load(lstm, { numThread: 1 })
  t.match(module.getInfo(), { outputNames: ['y', 'h'], version: '3.6.1', bizCode: 'twinfer' })
  t.match(module.getInfo().inputs, [{ name: 'x', shape: [6, 1, 3], dtype: 'float32', layout: 'NCHW' }])
  const [y, h] = module.forward([input])
  t.ok(maxAbsError(expected, y!) < limit)
  t.ok(maxAbsError(expectedState, h!) < limit)
})

t.test('a branch that MNN cannot compute is an error, in a clone as well', async (t) => {
  const bytes = await readFile(branch)
  t.equal(bytes[564], 2, 'what is multiplied in the branch')
  bytes[564] = 3 // DIV, which MNN has for no type
  using module = Module.load(bytes)
  using copy = module.clone()
  const x = new Tensor(Float32Array.of(1, 2, 3, 4), [4])
  for (const one of [module, copy])
    t.throws(() => one.forward([x]), {
      message: /layer 'then_y' \(BinaryOp\): operation 3 does not exist for floats/,
    })
  t.equal(
    module.forward([new Tensor(Float32Array.of(-1, -2, -3, -4), [4])]).length,
    1,
    'the other branch is computed',
  )
})

t.test('a clone runs on its own and outlives the original', async (t) => {
  const module = Module.load(lstm)
  const clone = module.clone()
  module.release()
  t.throws(() => module.forward([input]), { code: 'TWINFER_DISPOSED' })
  t.ok(maxAbsError(expected, clone.forward([input])[0]!) < limit)
})

t.test('outputs can be chosen by name', async (t) => {
  const [h] = Module.load(lstm, { inputs: ['x'], outputs: ['h'] }).forward([input])
  t.same(h!.shape, [1, 1, 5])
  t.throws(() => Module.load(lstm, { inputs: ['x'], outputs: ['nothing'] }), {
    code: 'TWINFER_UNKNOWN_OUTPUT',
  })
})

t.test('an output that no operator makes is refused, which MNN looks for behind its variables', async (t) => {
  const bytes = await readFile(lstm)
  t.equal(bytes.readInt32LE(5124), 12, 'the number of operators')
  bytes.writeInt32LE(0, 5124)
  t.throws(() => Module.load(bytes), {
    code: 'TWINFER_MODEL_INVALID',
    message: /no operator makes the output 'y'/,
  })
})

t.test('inputs are checked before MNN reads them', async (t) => {
  const module = Module.load(lstm)
  t.throws(() => module.forward([]), { code: 'TWINFER_MISSING_INPUT' })
  t.throws(() => module.forward([Tensor.zeros([6, 1, 4])]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => module.forward([Tensor.zeros([6, 1, 3], 'int32')]), { code: 'TWINFER_DTYPE_MISMATCH' })
})

t.test('open() takes a Module by itself where a Session cannot run the model, and says so', async (t) => {
  await using model = await open(lstm, { precision: 'fp32' })
  t.equal(model.effective.path, 'module')
  t.ok(model.effective.notes.some((note) => /Module.*While/.test(note)))
  const { y, h } = model.runSync(input)
  t.ok(maxAbsError(expected, y!) < limit)
  t.ok(maxAbsError(expectedState, h!) < limit)
  const again = await model.run(input)
  t.ok(maxAbsError(expected, again.y!) < limit)
})

t.test('open() keeps to a Session everywhere else', async (t) => {
  await using model = await open(fixture('digits8-cnn/model.mnn'))
  t.equal(model.effective.path, 'session')
})

t.test('a branch follows the values, run after run and on several threads', async (t) => {
  await using model = await open(branch)
  const positive = new Tensor(Float32Array.of(1, 2, 3, 4), [4])
  const negative = new Tensor(Float32Array.of(-1, -2, -3, -4), [4])
  for (let i = 0; i < 3; i++) {
    t.same(model.runSync(positive).y!.data, Float32Array.of(2, 4, 6, 8))
    t.same((await model.run(negative)).y!.data, Float32Array.of(-2, -3, -4, -5))
  }
})

t.test('a Session does not get as far as control flow', async (t) => {
  t.throws(
    () => {
      const session = Interpreter.createFromFile(lstm).createSession()
      session.runSession()
    },
    { name: 'TwinferError' },
  )
})

t.test('a Session of a model that only a Module can run is refused, not left unusable', async (t) => {
  const refusal = { code: 'TWINFER_MODEL_UNSUPPORTED', help: /Module\.load/ }
  for (const file of [lstm, branch]) t.throws(() => Interpreter.createFromFile(file).createSession(), refusal)
})

t.test('a loop whose condition cannot be computed is an error, and the next run works', async (t) => {
  const bytes = new Uint8Array(await readFile(lstm))
  const words = new DataView(bytes.buffer)
  // A size of 1 in what the loop's condition is computed from.
  const at = 6444
  t.equal(words.getInt32(at, true), 1)
  words.setInt32(at, 0, true)
  await using model = await open(bytes, { engine: 'mnn', precision: 'fp32', threads: 1 })
  for (let i = 0; i < 2; i++) {
    await t.rejects(model.run(input), {
      code: 'TWINFER_ENGINE_FAILED',
      message: /what a branch or a loop depends on/,
    })
  }
})
