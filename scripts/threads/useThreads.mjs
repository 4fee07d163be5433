// Everything that runs on several threads, at once and interrupted: for ThreadSanitizer to look at. Arguments: how often, and
// the folder of a model for both engines.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { open, readNpy } from 'twinfer'
import { compareTensors } from 'twinfer/compare'

const [rounds, folder] = isMainThread ? process.argv.slice(2) : workerData

for (let round = 0; round < Number(rounds); round++)
  for (const file of ['model.ncnn.param', 'model.mnn'])
    for (const options of [{ threads: 2 }, { threads: 1, lanes: 2 }, { threads: 2, limits: { ms: 5000 } }])
      await useModel(file, options)
if (isMainThread) {
  await Promise.all([inWorker(false), inWorker(false), inWorker(true)])
  console.log('used')
}

async function useModel(file, options) {
  const input = await readNpy(join(folder, 'input.npy'))
  const model = await open(join(folder, file), options)
  const several = await Promise.all(Array.from({ length: 12 }, () => model.run(input)))
  compareTensors(Object.values(several[0])[0], Object.values(several[1])[0])
  const inputs = Array.from({ length: 8 }, () => input)
  if (model.runMany) for await (const _ of model.runMany(inputs)) if (Math.random() < 0.1) break
  const controller = new AbortController()
  const aborted = Array.from({ length: 8 }, () => model.run(input, { signal: controller.signal }))
  model.runSync(input)
  controller.abort()
  await Promise.allSettled(aborted)
  const late = Array.from({ length: 8 }, () => model.run(input))
  const disposed = model.dispose() // while these run
  await Promise.allSettled([...late, disposed])
}

/** The same in a worker thread, which is terminated in the middle of it where `early` says so. */
async function inWorker(early) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: [1, folder] })
  const ended = new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject))
  if (early) {
    await sleep(1500)
    await worker.terminate()
  }
  await ended
}
