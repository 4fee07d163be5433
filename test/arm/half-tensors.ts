// Tensors that hold fp16 inside an engine are read and written as fp32 from outside.
import t from 'tap'
import { Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { Interpreter, Precision } from 'twinfer/mnn'
import { Mat, Net } from 'twinfer/ncnn'
import { fixture } from '../helpers/fixtures.js'
import { halfGridShare } from '../helpers/halfGridShare.js'
import { convolutionFile, format } from '../helpers/mnnFile.js'
import { network } from '../helpers/networks.js'

const options = process.arch === 'arm64' ? {} : { skip: `no fp16 arithmetic on ${process.arch}` }
const identity = { inputs: 3, outputs: 3, weights: [1, 0, 0, 0, 1, 0, 0, 0, 1], biases: [0, 0, 0] }
const config = { numThread: 1, backendConfig: { precision: Precision.Low } } as const
// A tenth is on no binary grid: fp16 keeps 0.0999755859375 of it.
const values = Float32Array.of(0.1, 2, 3, 4, 5, 6)
const rounded = Float32Array.of(0.0999755859375, 2, 3, 4, 5, 6)

for (const name of ['NCHW', 'NC4HW4'] as const) {
  t.test(`MNN ${name}: an fp16 tensor is mapped as fp32 and keeps fp16 of it`, options, async (t) => {
    const bytes = convolutionFile([1, 3, 1, 2], identity, { dataFormat: format[name] })
    const session = Interpreter.createFromBuffer(bytes).createSession(config)
    {
      using view = session.getSessionInput().map('write', 'NCHW')
      t.ok(view.data instanceof Float32Array)
      view.data.set(values as never)
    }
    session.runSession()
    using view = session.getSessionOutput().map('read', 'NCHW')
    t.same(view.data, rounded)
    t.same(session.getSessionOutput().copyToHost().data, rounded)
    t.throws(() => session.getSessionInput().map('read', 'NC4HW4'), { code: 'TWINFER_LAYOUT_MISMATCH' })
  })
}

t.test('ncnn: a blob that is fp16 inside comes out as fp32, raw as it is', options, async (t) => {
  const { input, expected } = await network('digits8-cnn', 'ncnn')
  const net = new Net()
  net.loadParam(fixture('digits8-cnn/model.ncnn.param'))
  net.loadModel(fixture('digits8-cnn/model.ncnn.bin'))
  const extractor = net.createExtractor()
  extractor.setLightMode(false)
  extractor.input('in0', Mat.from(input.data as Float32Array, [1, 8, 8]))
  const middle = extractor.extract('4').toFloat32Array()
  t.equal(halfGridShare(middle), 1)
  const raw = extractor.extract('4', { raw: true })
  t.equal(raw.elemsize / raw.elempack, 2, 'two bytes an element')
  const output = extractor.extract('out0').toFloat32Array()
  t.ok(compareTensors(expected, new Tensor(output, [10])).sqnrDb! > 30)
})
