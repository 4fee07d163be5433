// What only a process of its own shows: silence, a clean exit at every step, worker threads that are
// terminated in the middle. A crash is a signal and a hang is a timeout; both fail here.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'
import { clean, runScript } from '../helpers/runScript.js'

for (const [engine, file] of [
  ['ncnn', fixture('tiny-ecapa-tdnn/model.ncnn.param')],
  ['mnn', fixture('tiny-ecapa-tdnn/model.mnn')],
] as const) {
  const prelude = `
    import { open, readNpy } from 'twinfer'
    const input = await readNpy(${JSON.stringify(fixture('tiny-ecapa-tdnn/input.npy'))})
    const file = ${JSON.stringify(file)}
    const model = await open(file, { threads: 2 })
  `
  const steps = {
    'an open model': '',
    'a run that is over': 'await model.run(input)',
    'runs in flight': 'for (let i = 0; i < 10; i++) model.run(input)',
    'runs in flight and process.exit': 'for (let i = 0; i < 10; i++) model.run(input); process.exit()',
    'an open in flight': 'open(file)',
    'an open in flight and process.exit': 'open(file); process.exit()',
    'a disposal in flight': 'model.run(input); model.dispose()',
    'a disposed model': 'await model.dispose()',
    'results that wait for the collector': 'for (let i = 0; i < 50; i++) model.runSync(input)',
  }
  for (const [step, source] of Object.entries(steps)) {
    t.test(`${engine}: the process exits cleanly and silently with ${step}`, async (t) => {
      t.same(runScript(prelude + source), clean)
    })
  }

  t.test(`${engine}: a broken model prints nothing: its lines are in the error (H14)`, async (t) => {
    const source = `
      import { open } from 'twinfer'
      await open(Buffer.from('7767517'), { engine: '${engine}', weights: Buffer.from('x') }).catch(() => {})
      await open(Buffer.alloc(200, 1), { engine: '${engine}', weights: Buffer.from('x') }).catch(() => {})
    `
    t.same(runScript(source), clean)
  })
}

t.test('many worker threads open, run and end, and some are terminated during a run', async (t) => {
  const files = [fixture('tiny-ecapa-tdnn/model.ncnn.param'), fixture('tiny-ecapa-tdnn/model.mnn')]
  const work = `(async () => {
    const { parentPort, workerData: forever } = await import('node:worker_threads')
    const { open, readNpy } = await import('twinfer')
    const input = await readNpy(${JSON.stringify(fixture('tiny-ecapa-tdnn/input.npy'))})
    const models = await Promise.all(${JSON.stringify(files)}.map((file) => open(file)))
    do {
      await Promise.all(models.map((model) => model.run(input)))
      parentPort.postMessage('ran')
    } while (forever)
  })()`
  const source = `
    import { Worker } from 'node:worker_threads'
    const oneRound = (round) => [false, true].map((forever) => new Promise((resolve, reject) => {
      const worker = new Worker(${JSON.stringify(work)}, { eval: true, workerData: forever })
      if (forever) worker.once('message', () => setTimeout(() => worker.terminate(), 5 * round))
      worker.on('error', reject)
      worker.on('exit', resolve)
    }))
    for (let round = 0; round < 6; round++) await Promise.all(oneRound(round))
  `
  t.same(runScript(source), clean)
})

t.test('two environments at once use the addon: main thread and worker', async (t) => {
  const source = `
    import { Worker } from 'node:worker_threads'
    import { open, readNpy } from 'twinfer'
    const input = await readNpy(${JSON.stringify(fixture('digits8-cnn/input.npy'))})
    const model = await open(${JSON.stringify(fixture('digits8-cnn/model.mnn'))})
    const worker = new Worker("import('twinfer').then(({ open }) => open(" + ${JSON.stringify(JSON.stringify(fixture('digits8-cnn/model.mnn')))} + "))", { eval: true })
    const ended = new Promise((resolve) => worker.on('exit', resolve))
    for (let i = 0; i < 200; i++) await model.run(input)
    process.exitCode = await ended
    await model.run(input)
  `
  t.same(runScript(source), clean)
})

/** Like runScript, less tap's own module, which writes a file at exit that another user may not write. */
function runWithoutTap(source: string) {
  const node = ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '-e', source]
  const options = { cwd: projectPath('.'), encoding: 'utf8', timeout: 60_000 } as const
  const { status, signal, stdout, stderr } = spawnSync('env', node, options)
  return { status, signal, stdout, stderr }
}

const limits = spawnSync('prlimit', ['--version']).status === 0 ? {} : { skip: 'prlimit is not installed' }

t.test(
  'a system that gives no thread is an error, or the threads that there are do the work',
  limits,
  async (t) => {
    const source = `
    import { spawnSync } from 'node:child_process'
    import { readFileSync } from 'node:fs'
    import { open } from 'twinfer'
    const param = readFileSync(${JSON.stringify(fixture('digits8-cnn/model.ncnn.param'))})
    const weights = readFileSync(${JSON.stringify(fixture('digits8-cnn/model.ncnn.bin'))})
    const mnn = readFileSync(${JSON.stringify(fixture('digits8-cnn/model.mnn'))})
    const openOne = () => open(param, { engine: 'ncnn', weights, threads: 1 })
    const noMoreThreads = () => {
      if (process.getuid() === 0) process.setuid(65534) // root has no limit
      spawnSync('prlimit', ['--pid', process.pid, '--nproc=1'])
    }
  `
    const none = `
    noMoreThreads()
    for (let i = 0; i < 2; i++) {
      const failure = await openOne().catch((error) => error)
      if (failure.code !== 'TWINFER_OUT_OF_MEMORY') console.log(failure)
    }
  `
    const one = `
    await openOne()
    noMoreThreads()
    await Promise.all([openOne(), openOne(), openOne()])
    const model = await open(mnn, { engine: 'mnn', threads: 2 })
    if (!(model.runSync(new Float32Array(64)).logits.data.length === 10)) console.log('no result')
    const bound = { engine: 'mnn', threads: 2, engineOptions: { power: 'high' } }
    for (let i = 0; i < 2; i++) {
      const failure = await open(mnn, bound).catch((error) => error)
      if (failure.code !== 'TWINFER_OUT_OF_MEMORY') console.log(failure)
    }
  `
    t.same(runWithoutTap(source + none), clean)
    t.same(runWithoutTap(source + one), clean)
  },
)
