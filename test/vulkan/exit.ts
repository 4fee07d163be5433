// A process that used Vulkan ends cleanly and silently, whatever was open (H15): drivers and both engines have
// exit handlers of their own.
import t from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { needsVulkan } from '../helpers/needsVulkan.js'
import { clean, runScript } from '../helpers/runScript.js'

// One layer is enough for ncnn, which compiles some shaders for each kind of layer.
const prelude = `
  const { open } = await import('twinfer')
  const param = Buffer.from('7767517\\n2 2\\nInput a 0 1 a 0=64\\nReLU r 1 1 a b\\n')
  const input = new Float32Array(64)
  const openNcnn = () => open(param, { engine: 'ncnn', weights: new Uint8Array(), device: 'vulkan' })
  const mnn = ${JSON.stringify(fixture('digits8-cnn/model.mnn'))}
  const openMnn = () => open(mnn, { device: 'vulkan', engineOptions: { gpuMode: 1 } })
`

const steps = {
  'models that ran, undisposed': `
    const models = [await openNcnn(), await openMnn()]
    for (const model of models) await model.run(input)`,
  'models that ran, disposed in the order they came': `
    const models = [await openNcnn(), await openMnn()]
    for (const model of models) await model.run(input)
    for (const model of models) await model.dispose()`,
  'models that ran, disposed in the other order': `
    const models = [await openMnn(), await openNcnn()]
    for (const model of models) await model.run(input)
    for (const model of models) await model.dispose()`,
  'runs in flight and process.exit': `
    const models = [await openNcnn(), await openMnn()]
    for (const model of models) for (let i = 0; i < 3; i++) model.run(input)
    process.exit()`,
  'the devices listed and nothing opened': `
    const { gpuInfo } = await import('twinfer/ncnn')
    gpuInfo()
    ;(await import('twinfer/mnn')).gpuInfo()`,
  "ncnn's classes left to the collector": `
    const { Mat, Net } = await import('twinfer/ncnn')
    globalThis.net = new Net()
    net.setOptions({ use_vulkan_compute: true })
    net.loadParam(param)
    net.loadModel(new Uint8Array())
    globalThis.extractor = net.createExtractor()
    extractor.input('a', Mat.from(input, [64]))
    globalThis.result = extractor.extract('b')`,
  "MNN's classes left to the collector": `
    const { ForwardType, Interpreter } = await import('twinfer/mnn')
    globalThis.session = Interpreter.createFromFile(mnn).createSession({ type: ForwardType.VULKAN, mode: 1 })
    session.getSessionInput().copyFromHost(input)
    session.runSession()`,
  'worker threads that end with open models': `
    const { Worker } = await import('node:worker_threads')
    const work = "(async () => {" + ${JSON.stringify(prelude)} + "for (const model of [await openNcnn(), await openMnn()]) await model.run(input) })()"
    const workers = [1, 2].map(() => new Worker(work, { eval: true }))
    await Promise.all(workers.map((worker) => new Promise((resolve, reject) => {
      worker.on('error', reject)
      worker.on('exit', resolve)
    })))`,
}

for (const [step, source] of Object.entries(steps)) {
  t.test(`the process exits cleanly and silently with ${step}`, needsVulkan, async (t) => {
    t.same(runScript(prelude + source), clean)
  })
}
