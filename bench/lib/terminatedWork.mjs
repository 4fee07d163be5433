// A worker thread that does one thing with the addon over and over until it is terminated. `workerData`:
// { call, engine, model, weights, input }. It says 'working' once the thing has been done for the first time.
import { parentPort, workerData } from 'node:worker_threads'

const { call, engine, model: file, input: inputFile } = workerData
const { open, readNpy } = await import('twinfer')
const options = { precision: 'fp32', threads: 2 }
const input = await readNpy(inputFile)

const calls = {
  /** The import above, and a first model. */
  load: async () => () => open(file, options),
  open: async () => async () => {
    const model = await open(file, options)
    await model.dispose()
  },
  'open, left open': async () => {
    const models = []
    return async () => {
      if (models.length < 20) models.push(await open(file, options))
      await models.at(-1).run(input)
    }
  },
  'open, refused': async () => () =>
    open(Buffer.from('7767517\n1 1\nReLU a 1 1 b c\n'), { engine, weights: new Uint8Array(4) }).catch(
      () => {},
    ),
  run: async () => {
    const model = await open(file, options)
    return () => model.run(input)
  },
  'run, 8 in flight': async () => {
    const model = await open(file, options)
    return () => Promise.all(Array.from({ length: 8 }, () => model.run(input)))
  },
  'run, given up': async () => {
    const model = await open(file, options)
    return async () => {
      const controller = new AbortController()
      const runs = Array.from({ length: 4 }, () => model.run(input, { signal: controller.signal }))
      controller.abort()
      await Promise.allSettled(runs)
    }
  },
  'run, refused': async () => {
    const model = await open(file, options)
    return () => model.run([]).catch(() => {})
  },
  'run of a tensor between layers': async () => {
    const model = await open(file, options)
    const { openTracer } = await import('twinfer/compare')
    const tracer = await openTracer(file, options)
    const blobs = []
    await tracer.trace({ [tracer.inputs[0].name]: input }, ({ blob }) => blobs.push(blob))
    let next = 0
    return () => model.run(input, { outputs: [blobs[next++ % blobs.length]] })
  },
  runSync: async () => {
    const model = await open(file, options)
    return () => model.runSync(input)
  },
  'runSync beside run': async () => {
    const model = await open(file, options)
    return async () => {
      const running = model.run(input)
      model.runSync(input)
      await running
    }
  },
  logger: async () => {
    const { setLogger } = await import('twinfer')
    setLogger(() => {})
    return () => open(Buffer.alloc(100, 1), { engine, weights: new Uint8Array(4) }).catch(() => {})
  },
  compareTensorsAsync: async () => {
    const { Tensor } = await import('twinfer')
    const { compareTensorsAsync } = await import('twinfer/compare')
    const tensor = new Tensor(new Float32Array(200_000).fill(1), [200_000])
    return () => compareTensorsAsync(tensor, tensor)
  },
  traceLayers: async () => {
    const { openTracer, traceLayers } = await import('twinfer/compare')
    const { inputs } = await openTracer(file, options)
    return () => traceLayers(file, { [inputs[0].name]: input }, options)
  },
  compareLayers: async () => {
    const { compareLayers, openTracer } = await import('twinfer/compare')
    const [reference, candidate] = [await openTracer(file, options), await openTracer(file, options)]
    return () => compareLayers(reference, candidate, { [reference.inputs[0].name]: input })
  },
  'direct bindings': engine === 'ncnn' ? directNcnn : directMnn,
}

async function directNcnn() {
  const { Mat, Net } = await import('twinfer/ncnn')
  const net = new Net()
  net.loadParam(file)
  net.loadModel(workerData.weights)
  const shape = input.shape.slice(-3)
  return () => {
    const extractor = net.createExtractor()
    extractor.input(net.inputNames[0], Mat.from(input.data, shape))
    const mat = extractor.extract(net.outputNames[0])
    return mat.toFloat32Array().length
  }
}

async function directMnn() {
  const { Interpreter, Module } = await import('twinfer/mnn')
  const module = Module.load(file)
  return () => {
    const session = Interpreter.createFromFile(file).createSession({ numThread: 2 })
    session.getSessionInput().copyFromHost(input)
    session.runSession()
    const view = session.getSessionOutput().map('read')
    module.forward([input])
    return view.data.length
  }
}

const step = await calls[call]()
for (let done = 0; ; done++) {
  await step()
  if (done === 0) parentPort.postMessage('working')
  if (done % 16 === 15) await new Promise((resolve) => setImmediate(resolve))
}
