import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, readNpy } from 'twinfer'
import { type TunedFile, tune } from 'twinfer/bench'
import { openTracer } from 'twinfer/trace'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const folder = t.testdir()
cpSync(fixture('digits8-cnn'), folder, { recursive: true })
const place = (name: string) => join(folder, name)
const input = await readNpy(place('input.npy'))
const quick = { duration: 0.04, rounds: 3, threads: 1, inputs: { image: input } }

const { outcome, tuned, rows, said, tried } = await tune([place('model.ncnn.param'), place('model.mnn')], {
  ...quick,
  minSqnrDb: 100,
  reference: place('model.mnn'),
})

t.test('the fastest that meets the bar, of each model and of all', async (t) => {
  t.equal(outcome, 'found')
  t.ok(tried >= rows.length)
  t.match(tuned, { format: 'twinfer-tuned', version: 1, bar: { minSqnrDb: 100, maxMemoryMb: null } })
  t.same(
    tuned!.models.map(({ file, engine }) => [file, engine]),
    [
      ['model.ncnn.param', 'ncnn'],
      ['model.mnn', 'mnn'],
    ],
  )
  for (const { options, evidence } of tuned!.models) {
    t.equal(options.threads, 1, 'what is given is kept')
    t.ok(evidence.sqnrDb! >= 100 && evidence.p50Ms! > 0)
  }
  t.ok(
    rows.every(({ sqnrDb }) => sqnrDb! >= 100),
    'nothing below the bar is timed',
  )
  t.match(said, tuned!.fastest)
})

t.test('a bar that nothing meets, of accuracy or of memory', async (t) => {
  const exact = await tune(place('model.mnn'), {
    ...quick,
    reference: place('model.ncnn.param'),
    minSqnrDb: 390,
  })
  t.match(exact, { outcome: 'unreachable', tuned: null, said: /no setting has 390/ })
  t.ok(exact.rows.length > 0 && exact.rows.every(({ p50Ms }) => p50Ms === null))
  const small = await tune(place('model.mnn'), { ...quick, maxMemoryMb: 1 })
  t.match(small, { outcome: 'unreachable', said: /at most 1 MB.*the smallest takes \d+ MB/ })
  await t.rejects(tune(place('model.onnx'), quick), { code: 'TWINFER_MODEL_UNSUPPORTED' })
})

const file = place('net.tuned.json')
const write = (change: object) => writeFileSync(file, JSON.stringify({ ...tuned, ...change }))

t.test('open() applies it; options that are given win', async (t) => {
  const models = tuned!.models.map((model) => ({
    ...model,
    options: { precision: 'fp32', threads: 1, device: 'cpu', engineOptions: {} },
  }))
  models[1]!.options.engineOptions = { winogradMemoryLevel: 0, memory: 'low' }
  write({ models, fastest: 'model.mnn' })
  await using mnn = await open(place('model.mnn'), { tuned: file })
  t.match(mnn.effective, {
    requestedPrecision: 'fp32',
    threads: 1,
    options: { winogradMemoryLevel: 0, memory: 'low' },
  })
  t.notOk(mnn.effective.notes.some((note) => note.includes('faster')))
  await using given = await open(place('model.mnn'), {
    tuned: file,
    precision: 'default',
    engineOptions: { memory: 'high' },
  })
  t.match(given.effective, {
    requestedPrecision: 'default',
    options: { winogradMemoryLevel: 0, memory: 'high' },
  })
  await using ncnn = await open(place('model.ncnn.param'), { tuned: file })
  t.match(ncnn.effective, { requestedPrecision: 'fp32' })
  t.match(ncnn.effective.notes.at(-1), 'net.tuned.json: model.mnn is faster on this machine')
})

t.test('it is refused where it was not tuned', async (t) => {
  const refused = async (change: object, model: string, message: RegExp) => {
    write(change)
    await t.rejects(open(place(model), { tuned: file }), {
      code: 'TWINFER_TUNED_MISMATCH',
      message,
      help: /tune/,
    })
  }
  await refused({}, 'model_fp16.mnn', /SHA-256/)
  const models = tuned!.models.map((model) => ({ ...model, engineVersion: '3.0.0' }))
  await refused({ models }, 'model.mnn', /on mnn 3\.0\.0; received 3\.6/)
  for (const cpu of [
    { ...tuned!.cpu, model: 'Z80' },
    { ...tuned!.cpu, logicalCpus: 99 },
    { ...tuned!.cpu, features: [] },
  ])
    await refused({ cpu }, 'model.mnn', /CPU/)
  const weights = readFileSync(place('model.ncnn.bin'))
  weights[100]! ^= 1
  cpSync(place('model.ncnn.param'), place('other.ncnn.param'))
  writeFileSync(place('other.ncnn.bin'), weights)
  await refused({}, 'other.ncnn.param', /SHA-256/)
})

t.test('options that tune does not write are not read', async (t) => {
  const models = tuned!.models.map((model) => ({
    ...model,
    options: {
      ...model.options,
      sidecar: '/etc/passwd',
      inputShapes: { none: [1] },
      limits: { elements: 1 },
    },
  }))
  writeFileSync(file, JSON.stringify({ ...tuned, models }))
  await using mnn = await open(place('model.mnn'), { tuned: file })
  t.same(mnn.outputs[0]!.shape, [1, 10])
})

t.test('so is what is no such file, and where it says nothing', async (t) => {
  const invalid = async (text: string) => {
    writeFileSync(file, text)
    await t.rejects(
      open(place('model.mnn'), { tuned: file }),
      { code: 'TWINFER_TUNED_INVALID' },
      text.slice(0, 40),
    )
  }
  await invalid('{')
  await invalid('null')
  await invalid('{}')
  const broken: Partial<Record<keyof TunedFile, unknown>>[] = [
    { version: 2 },
    { cpu: null },
    { models: [] },
    { models: [{}] },
    { fastest: 'other.mnn' },
    {
      models: [
        { ...tuned!.models[1], options: { precision: 'fp7', threads: 1, device: 'cpu', engineOptions: {} } },
      ],
    },
  ]
  for (const path of ['cacheFile', 'pipeline_cache']) {
    const [one] = tuned!.models
    broken.push({ models: [{ ...one!, options: { ...one!.options, engineOptions: { [path]: '../x' } } }] })
  }
  for (const change of broken) await invalid(JSON.stringify({ ...tuned, ...change }))
  await t.rejects(open(place('model.mnn'), { tuned: place('no.json') }), { code: 'TWINFER_FILE_NOT_FOUND' })
  writeFileSync(place('huge.json'), '{}')
  truncateSync(place('huge.json'), 2 ** 24 + 1)
  await t.rejects(open(place('model.mnn'), { tuned: place('huge.json') }), { code: 'TWINFER_LIMIT_EXCEEDED' })
  await t.rejects(open(place('model.mnn'), { tuned: 7 as never }), { code: 'TWINFER_INVALID_OPTION' })
  await t.rejects(openTracer(place('model.mnn'), { tuned: file }), { code: 'TWINFER_INVALID_OPTION' })
})
