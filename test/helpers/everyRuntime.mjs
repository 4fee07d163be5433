// Runs in Node, Deno and Bun: both engines, sync and async, the direct bindings, and worker threads of which
// some are terminated. Prints 'ok' when everything was right; how the process then ends is for the caller to see.
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { open, readNpy } from '../../dist/index.js'

const folder = new URL('../fixtures/digits8-cnn/', import.meta.url)
const path = (name) => decodeURIComponent(new URL(name, folder).pathname)
const files = [path('model.ncnn.param'), path('model.mnn')]
const input = await readNpy(path('input.npy'))
const expected = await readNpy(path('expected.npy'))

if (isMainThread) {
  for (const file of files) await runOne(file)
  await direct()
  for (let round = 0; round < 8; round++) await endOne(round)
  globalThis.left = await Promise.all(files.map((file) => open(file))) // open models at the end
  console.log('ok')
} else {
  const models = await Promise.all(files.map((file) => open(file, { threads: 1 })))
  for (;;) {
    await Promise.all(models.map((model) => model.run(input)))
    for (const model of models) model.runSync(input)
    parentPort.postMessage('ran')
  }
}

async function runOne(file) {
  const model = await open(file, { precision: 'fp32', threads: 2 })
  const results = await Promise.all([model.run(input), model.run(input)])
  for (const result of [...results, model.runSync(input)]) check(Object.values(result)[0].data)
  const refused = await model.run([]).then(
    () => undefined,
    (error) => error.code,
  )
  if (refused !== 'TWINFER_MISSING_INPUT') throw new Error(`expected a refusal, received ${refused}`)
  await model.dispose()
}

async function direct() {
  const { Interpreter } = await import('../../dist/mnn.js')
  const { Mat, Net } = await import('../../dist/ncnn.js')
  const session = Interpreter.createFromFile(files[1]).createSession({
    numThread: 1,
    backendConfig: { precision: 1 },
  })
  session.getSessionInput().copyFromHost(input)
  session.runSession()
  check(session.getSessionOutput().copyToHost().data)
  const net = new Net()
  net.setOptions({ use_fp16_packed: false, use_fp16_storage: false, use_fp16_arithmetic: false })
  net.loadParam(files[0])
  net.loadModel(files[0].replace(/param$/, 'bin'))
  const extractor = net.createExtractor()
  extractor.input(net.inputNames[0], Mat.from(input.data, [1, 8, 8]))
  check(extractor.extract(net.outputNames[0]).toFloat32Array())
}

/** At another moment of its life in each round: while it loads, while it opens, while it runs. */
async function endOne(round) {
  const worker = new Worker(new URL(import.meta.url))
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  let failure
  worker.on('error', (error) => {
    failure = error
  })
  if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 15 * round))
  else await Promise.race([new Promise((resolve) => worker.once('message', resolve)), ended])
  await worker.terminate()
  if (failure) throw failure
}

function check(values) {
  const error = Math.max(...Array.from(values, (value, i) => Math.abs(value - expected.data[i])))
  if (!(error < 1e-4)) throw new Error(`expected the reference's values, received an error of ${error}`)
}
