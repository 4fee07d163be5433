// node nodePeer.mjs KIND MODEL INPUT THREADS, where KIND is twinfer, ort-node or ort-web: answers "run N" on stdin with N
// times in microseconds, as the C++ of `bench:overhead` does. Everything runs in fp32.
import { createInterface } from 'node:readline'
import { open, readNpy } from 'twinfer'

const [kind, model, inputFile, threads] = process.argv.slice(2)
const input = await readNpy(inputFile)
const run = await { twinfer: openTwinfer, 'ort-node': openOrt, 'ort-web': openOrt }[kind]()

for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line.split(' ')[1])
  const times = []
  for (let i = 0; i < count; i++) {
    const started = process.hrtime.bigint()
    const pending = run()
    if (pending instanceof Promise) await pending
    times.push(Number(process.hrtime.bigint() - started) / 1000)
  }
  console.log(times.join(' '))
}

async function openTwinfer() {
  const opened = await open(model, { precision: 'fp32', threads: Number(threads) })
  return () => opened.runSync(input)
}

async function openOrt() {
  const module = await import(kind === 'ort-node' ? 'onnxruntime-node' : 'onnxruntime-web')
  const ort = module.default?.InferenceSession ? module.default : module
  if (kind === 'ort-web') ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [kind === 'ort-node' ? 'cpu' : 'wasm'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    logSeverityLevel: 4,
  })
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', input.data, input.shape) }
  return () => session.run(feeds)
}
