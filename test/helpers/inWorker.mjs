// Preloaded by `npm run test:workers`: runs the test file in a worker thread instead of the main one, and
// ends with its exit code. The worker's TAP goes through this process's stdout.
import { isMainThread, Worker } from 'node:worker_threads'

if (isMainThread && process.argv[1]?.endsWith('.ts')) {
  const worker = new Worker(process.argv[1], { stdout: false })
  const code = await new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', resolve)
  })
  process.exit(code)
}
