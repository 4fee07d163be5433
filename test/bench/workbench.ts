import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy } from 'twinfer'
import { Workbench } from '../../dist/bench/Workbench.js'
import { ModelFile } from '../../dist/file/ModelFile.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 60_000)

const file = await ModelFile.from(fixture('digits8-cnn/model.mnn'))
const setting = {
  file,
  engine: 'mnn',
  precision: 'fp32',
  threads: 1,
  device: 'cpu',
  engineOptions: {},
} as const

/** A bench whose process is this script. */
function benchOf(t: Test, child: string, patienceMs = 20_000): Workbench {
  const folder = t.testdir({ 'child.mjs': child })
  const bench = new Workbench({ script: join(folder, 'child.mjs'), patienceMs })
  t.teardown(() => bench.dispose())
  return bench
}

t.test('a process that hangs is ended, and says so from then on', async (t) => {
  const bench = benchOf(t, "process.on('message', () => { for (;;); })", 500)
  const error = { code: 'TWINFER_ENGINE_CRASHED', message: /no answer within/ }
  await t.rejects(bench.open(0, setting), error)
  await t.rejects(bench.time(0, 1), error)
})

t.test('so is one that a signal ends, at once or between two requests', async (t) => {
  const bench = benchOf(t, "process.on('message', () => process.kill(process.pid, 'SIGSEGV'))")
  const error = { code: 'TWINFER_ENGINE_CRASHED', message: /SIGSEGV/ }
  await t.rejects(bench.open(0, setting), error)
  await t.rejects(bench.open(0, setting), error)
  const silent = benchOf(t, 'process.exit(3)')
  await t.rejects(silent.open(0, setting), { code: 'TWINFER_ENGINE_CRASHED', message: /exit code 3/ })
})

t.test('several settings are open at once, and each block has a run at least', async (t) => {
  const bench = new Workbench()
  t.teardown(() => bench.dispose())
  const feeds = [{ image: await readNpy(fixture('digits8-cnn/input.npy')) }]
  const logits = await readNpy(fixture('digits8-cnn/expected.npy'))
  for (const id of [0, 1]) {
    const opened = await bench.open(id, { ...setting, threads: id + 1 })
    t.match(opened, { inputs: [{ name: 'image' }], outputs: ['logits'], effective: { threads: id + 1 } })
    const { outputs, firstMs, peakRss, rss } = await bench.run(id, feeds)
    t.ok(Math.abs(Number(outputs[0]!.logits!.data[2]) - Number(logits.data[2])) < 1e-3)
    t.ok(firstMs > 0 && peakRss >= rss)
  }
  t.equal((await bench.time(0, 0.000001)).length, 1)
  t.ok((await bench.time(1, 20)).every((ms) => ms > 0))
  await t.rejects(bench.open(2, { ...setting, engineOptions: { memori: 'low' } }), {
    code: 'TWINFER_INVALID_OPTION',
  })
  t.ok((await bench.time(0, 1)).length > 0, 'an error of one leaves the others as they are')
})
