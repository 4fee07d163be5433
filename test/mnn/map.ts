import t from 'tap'
import { Interpreter, Precision } from 'twinfer/mnn'
import { fixture } from '../helpers/fixtures.js'
import { convolutionFile, format } from '../helpers/mnnFile.js'
import { maxAbsError, network } from '../helpers/networks.js'

const config = { numThread: 1, backendConfig: { precision: Precision.High } } as const
const identity = { inputs: 3, outputs: 3, weights: [1, 0, 0, 0, 1, 0, 0, 0, 1], biases: [0, 0, 0] }
const values = Float32Array.of(1, 2, 3, 4, 5, 6)
const interleaved = Float32Array.of(1, 3, 5, 2, 4, 6)

function session(dataFormat: number, flags?: 0 | 4) {
  const bytes = convolutionFile([1, 3, 1, 2], identity, { dataFormat })
  return Interpreter.createFromBuffer(bytes).createSession({
    ...config,
    backendConfig: { ...config.backendConfig, ...(flags !== undefined && { flags }) },
  })
}

t.test('a mapped tensor is written and read in place', async (t) => {
  const { input, expected } = await network('digits8-cnn', 'mnn')
  const session = Interpreter.createFromFile(fixture('digits8-cnn/model.mnn')).createSession(config)
  {
    using view = session.getSessionInput().map('write')
    t.same(view.shape, [1, 1, 8, 8])
    view.data.set(input.data as never)
  }
  session.runSession()
  using view = session.getSessionOutput().map('read')
  t.ok(maxAbsError(expected, { data: view.data, length: 10 } as never) < 3e-5)
})

t.test('unmap detaches the view, and a second unmap does nothing', async (t) => {
  const tensor = session(format.NCHW).getSessionInput()
  const view = tensor.map('write', 'NCHW')
  t.equal(view.data.length, 6)
  view.unmap()
  t.equal(view.data.length, 0)
  t.equal(view.data.buffer.byteLength, 0)
  view.unmap()
})

t.test('a resize and a release detach views that were not unmapped', async (t) => {
  const made = session(format.NCHW)
  const view = made.getSessionInput().map('write')
  made.resizeTensor(made.getSessionInput(), [1, 3, 4, 4])
  made.resizeSession()
  t.equal(view.data.length, 0)
  const second = made.getSessionInput().map('read')
  t.equal(second.data.length, 48)
  made.releaseSession()
  t.equal(second.data.length, 0)
  second.unmap()
})

t.test('a view outlives every handle to its session', async (t) => {
  const view = session(format.NCHW).getSessionInput().map('write')
  globalThis.gc?.()
  view.data.fill(3 as never)
  globalThis.gc?.()
  t.equal(view.data[5], 3)
})

for (const [name, dataFormat] of Object.entries(format)) {
  t.test(`${name}: what is mapped in either layout arrives in the other`, async (t) => {
    const made = session(dataFormat)
    if (name === 'NHWC') return t.end()
    const x = made.getSessionInput()
    {
      using view = x.map('write', 'NHWC')
      t.same(view.shape, [1, 1, 2, 3])
      view.data.set(interleaved as never)
    }
    t.same(x.copyToHost().data, values)
    made.runSession()
    using planar = made.getSessionOutput().map('read', 'NCHW')
    t.same(planar.data, values)
    using last = made.getSessionOutput().map('read', 'NHWC')
    t.same(last.data, interleaved)
  })
}

t.test('NC4HW4 is mapped only where the tensor is packed by 4 (H8)', async (t) => {
  const refused = { code: 'TWINFER_LAYOUT_MISMATCH' }
  t.throws(() => session(format.NCHW).getSessionInput().map('write', 'NC4HW4'), refused)
  t.throws(() => session(format.NCHW).getSessionInput().map('read', 'NC4HW4'), refused)
  // flags 4: the plain kernels, the only ones that pack by 4 on x86.
  const made = session(format.NC4HW4, 4)
  const x = made.getSessionInput()
  if (made.getSessionInfo().backend !== 0) return t.throws(() => x.map('write', 'NC4HW4'), refused)
  x.copyFromHost(values)
  using packed = x.map('read', 'NC4HW4')
  t.same(Array.from(packed.data as Float32Array).slice(0, 3), [1, 3, 5])
})

t.test('arguments are checked', async (t) => {
  const x = session(format.NCHW).getSessionInput()
  t.throws(() => x.map('both' as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => x.map('read', 'NCWH' as never), { code: 'TWINFER_INVALID_ARGUMENT' })
})
