import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy } from 'twinfer'
import { bench } from 'twinfer/bench'
import { record } from 'twinfer/pack'
import { noAccuracy } from '../../dist/bench/accuracy.js'
import { timeSettings } from '../../dist/bench/measure.js'
import { prepare } from '../../dist/bench/prepare.js'
import { endsInBf16 } from '../helpers/endsInBf16.js'
import { fixture } from '../helpers/fixtures.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const digits = (name: string) => fixture(`digits8-cnn/${name}`)
const input = await readNpy(digits('input.npy'))
const quick = { duration: 0.03, rounds: 3 }

t.test('one model in several settings: times, memory, accuracy', async (t) => {
  const sweep = { precision: ['fp32', 'bf16'], threads: [1] }
  const report = await bench(digits('model.ncnn.param'), { ...quick, inputs: { in0: input }, sweep })
  t.same(report.inputs, { source: 'given', count: 1, seed: null })
  t.equal(report.reference, 'fp32')
  t.match(report.machine, { cpu: { logicalCpus: Number }, engines: { ncnn: /^1\./ } })
  const [fp32, bf16] = report.rows
  t.match(fp32, {
    engine: 'ncnn',
    precision: 'fp32',
    threads: 1,
    device: 'cpu',
    sqnrDb: 400,
    flips: 0,
    rounds: 3,
  })
  t.match(bf16, { precision: 'bf16', ran: { precision: 'bf16' }, top1Agree: 1 })
  t.ok(bf16!.sqnrDb! > 30 && bf16!.sqnrDb! < 80, String(bf16!.sqnrDb))
  for (const row of report.rows) {
    t.ok(row.p50Ms! > 0 && row.p50Ms! <= row.p90Ms! && row.p90Ms! <= row.p99Ms!)
    t.ok(row.runsPerS! > 0 && row.runs >= 3 && row.loadMs! > 0 && row.firstMs! > 0)
    t.ok(row.rssMb! > 20 && row.rssMb! > row.modelMb!)
    t.ok(row.rank! >= 1 && row.spread! >= 0)
  }
})

t.test('two engines, one input, by the names of the first that has them', async (t) => {
  const models = [digits('model.ncnn.param'), digits('model.mnn')]
  for (const inputs of [{ in0: input }, { image: input }]) {
    const { rows } = await bench(models, { ...quick, inputs, precision: 'fp32', threads: 1 })
    t.same(
      rows.map(({ engine, sqnrDb }) => [engine, sqnrDb]),
      [
        ['ncnn', 400],
        ['mnn', 400],
      ],
    )
  }
})

t.test('without an input it is random, and says so; the sibling is found', async (t) => {
  const report = await bench(digits('model.mnn'), { ...quick, sweep: { engine: 'all' } })
  t.same(report.inputs, { source: 'random', count: 1, seed: 1 })
  t.same(
    report.rows.map(({ engine }) => engine),
    ['mnn', 'ncnn'],
  )
})

/** In the processes that settings run in: this one has started already. */
function crashInBf16(t: Test): void {
  const { NODE_OPTIONS: before } = process.env
  Object.assign(process.env, endsInBf16)
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  })
}

t.test('a setting that crashes is a row that says so, and the others are measured', async (t) => {
  crashInBf16(t)
  const sweep = { precision: ['bf16', 'fp32'] }
  const { rows } = await bench(digits('model.ncnn.param'), { ...quick, inputs: { in0: input }, sweep })
  t.match(rows[0], {
    precision: 'bf16',
    p50Ms: null,
    sqnrDb: null,
    rank: null,
    pareto: false,
    error: { code: 'TWINFER_ENGINE_CRASHED', message: /SIG/ },
  })
  t.match(rows[1], { precision: 'fp32', p50Ms: Number, rank: 1, pareto: true })
  t.notOk('error' in rows[1]!)
})

t.test('so is one that crashes only while it is timed', async (t) => {
  crashInBf16(t)
  const { models } = await prepare([digits('model.ncnn.param')], { inputs: { in0: input } })
  const [model] = models
  const probes = (['fp32', 'bf16', 'default'] as const).map((precision) => ({
    setting: {
      file: model!.file,
      engine: 'ncnn' as const,
      precision,
      threads: 1,
      device: 'cpu' as const,
      engineOptions: {},
    },
    model: model!,
    opened: undefined,
    accuracy: noAccuracy,
    firstMs: null,
    rssMb: null,
    modelMb: null,
  }))
  const timings = await timeSettings(probes, { duration: 0.03, rounds: 3 })
  t.same(
    timings.map(({ error }) => error?.code),
    [undefined, 'TWINFER_ENGINE_CRASHED', undefined],
  )
  t.same(
    timings.map(({ rounds }) => rounds.length),
    [3, 0, 3],
  )
})

t.test('what cannot be is named and left out; what is left of nothing is an error', async (t) => {
  const options = { ...quick, inputs: { image: input }, threads: 1 }
  const sweep = { memory: ['low', 'lowest'], use_packing_layout: 'all' } as const
  const { rows, skipped } = await bench([digits('model.mnn'), digits('model.ncnn.param')], {
    ...options,
    sweep,
  })
  t.same(
    rows.map((row) => [row.engine, row.options]),
    [
      ['mnn', { memory: 'low' }],
      ['ncnn', { use_packing_layout: true }],
      ['ncnn', { use_packing_layout: false }],
    ],
  )
  t.match(skipped, [
    { setting: 'use_packing_layout', reason: /mnn has no such option/ },
    { setting: 'memory', reason: /ncnn has no such option/ },
    { setting: /memory=lowest/, reason: /lowest/ },
  ])
  await t.rejects(bench(digits('model.mnn'), { ...options, sweep: { memory: ['lowest'] } }), {
    code: 'TWINFER_INVALID_OPTION',
  })
})

t.test('precisions that run as another are left out of all of them', async (t) => {
  const options = { ...quick, inputs: { image: input }, threads: 1, sweep: { precision: 'all' } } as const
  const { rows, skipped } = await bench(digits('model.mnn'), options)
  t.ok(rows.length >= 2)
  t.ok(rows.every(({ precision, ran }) => precision === 'default' || ran!.precision === precision))
  t.match(
    skipped.find(({ setting }) => setting.startsWith('int8')),
    { reason: /int8 runs as/ },
  )
})

t.test('the golden pack brings its input, and is what outputs are held against', async (t) => {
  const pack = join(t.testdir(), 'golden.twin')
  await record(digits('model.mnn'), { file: pack, inputs: { image: input }, precision: 'fp32' })
  const { rows, inputs, reference } = await bench(digits('model.ncnn.param'), {
    ...quick,
    reference: pack,
    precision: 'fp32',
  })
  t.same(inputs, { source: 'recorded', count: 1, seed: null })
  t.equal(reference, pack)
  t.ok(rows[0]!.sqnrDb! > 80 && rows[0]!.sqnrDb! < 400)
})

t.test('onnxruntime beside the others', { skip: missingRuntime('node') }, async (t) => {
  const { rows } = await bench(digits('model.mnn'), {
    ...quick,
    inputs: { image: input },
    reference: digits('model.onnx'),
    against: 'onnxruntime',
    sweep: { threads: [1, 2] },
  })
  t.match(rows.slice(2), [
    { engine: 'onnxruntime', threads: 1, precision: 'fp32', ran: { backend: 'onnxruntime-node' } },
    { engine: 'onnxruntime', threads: 2 },
  ])
  t.ok(rows.every(({ sqnrDb, p50Ms }) => sqnrDb! > 80 && p50Ms! > 0))
  await t.rejects(
    bench(digits('model_w8.mnn'), { ...quick, inputs: { image: input }, against: 'onnxruntime' }),
    {
      code: 'TWINFER_USAGE',
      help: /--reference/,
    },
  )
})

t.test('what cannot be opened, fed or meant', async (t) => {
  await t.rejects(bench([]), { code: 'TWINFER_INVALID_ARGUMENT' })
  await t.rejects(bench(digits('no.mnn')), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(
    bench(digits('model.ncnn.param'), quick),
    { code: 'TWINFER_MISSING_INPUT' },
    'its shape is open',
  )
  await t.rejects(bench(digits('model.mnn'), { ...quick, duration: 0 }), { code: 'TWINFER_INVALID_OPTION' })
  await t.rejects(bench(digits('model.mnn'), { ...quick, sweep: { thread: [1] } }), {
    code: 'TWINFER_USAGE',
    help: /'threads'/,
  })
})
