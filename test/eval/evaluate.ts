import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { type EvaluateOptions, type Evaluation, evaluate, type OwnMetric } from 'twinfer/eval'
import { digitsPicture, digitsWithSidecar, noSharp } from '../helpers/digits.js'
import { digits, digitsInput } from '../helpers/packs.js'
import { seededRandom } from '../helpers/seededRandom.js'

const models = [digits('model.mnn'), digits('model.ncnn.param')]
const count = 24

/** Noise around a picture of a two, with the class that it is of on a third of them, and others elsewhere. */
async function noisySet(t: Test): Promise<{ inputs: string; labels: string; folder: string }> {
  const folder = t.testdir()
  const { data } = await digitsInput()
  const random = seededRandom(5)
  const values = Float32Array.from(
    { length: count * 64 },
    (_, i) => Number(data[i % 64]) + 0.6 * (random() - 0.5),
  )
  const [inputs, labels] = [join(folder, 'inputs.npy'), join(folder, 'labels.npy')]
  await writeNpy(inputs, new Tensor(values, [count, 1, 8, 8]))
  await writeNpy(
    labels,
    new Tensor(
      Int32Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 3 : 2)),
      [count],
    ),
  )
  return { folder, inputs, labels }
}

const withThreads = { open: { precision: 'fp32', threads: 1 } } as const

t.test('arrays: both engines beside the original', async (t) => {
  const { inputs, labels } = await noisySet(t)
  const result = await evaluate(models, {
    ...withThreads,
    data: inputs,
    labels,
    metrics: ['top1', 'top5', 'cosine'],
    reference: digits('model.onnx'),
  })
  t.match(result.data, { kind: 'arrays', samples: count, total: count, pairs: null })
  t.equal(result.reference?.engine, 'onnx')
  t.same(
    result.reference?.results.map(({ metric }) => metric),
    ['top1', 'top5'],
    'no cosine of itself',
  )
  for (const { results, differences, effective } of result.models) {
    t.equal(effective.precision, 'fp32')
    const [top1, top5, cosine] = results
    t.equal(top1?.value, result.reference?.results[0]?.value)
    t.ok(top5!.value! >= top1!.value!)
    t.ok(cosine!.value! > 0.999999, String(cosine?.value))
    t.match(differences[0], { metric: 'top1', value: 0, flips: 0, pValue: 1, significant: false })
  }
})

t.test('a limit draws samples by the seed', async (t) => {
  const { inputs, labels } = await noisySet(t)
  const sampled: string[] = []
  const metric: OwnMetric<number> = {
    name: 'places',
    measure: (_, __, { name }) => sampled.push(name),
  }
  const options = { ...withThreads, data: inputs, labels, metrics: [metric], limit: 5 }
  const [model] = models
  await evaluate([model!], { ...options, seed: 3 })
  await evaluate([model!], { ...options, seed: 3 })
  await evaluate([model!], { ...options, seed: 4 })
  const [first, again, other] = [sampled.slice(0, 5), sampled.slice(5, 10), sampled.slice(10)]
  t.same(first, again)
  t.notSame(first, other)
  t.equal(new Set(first).size, 5)
})

t.test('an evaluation that was stopped goes on, with the same result', async (t) => {
  const { inputs, labels, folder } = await noisySet(t)
  const options = { ...withThreads, data: inputs, labels, reference: digits('model.onnx') } as const
  let [runs, most] = [0, Number.POSITIVE_INFINITY]
  const stopped = new AbortController()
  const counting: OwnMetric<number> = {
    name: 'counting',
    measure(outputs) {
      if (++runs === most) stopped.abort(new Error('enough'))
      return Number(Object.values(outputs)[0]!.data[0])
    },
  }
  const metrics: EvaluateOptions['metrics'] = ['top1', 'cosine', counting]
  const whole = await evaluate(models, { ...options, metrics })
  ;[runs, most] = [0, 15]
  const state = join(folder, 'state.jsonl')
  const resumable = { ...options, metrics, resume: state }
  await t.rejects(evaluate(models, { ...resumable, signal: stopped.signal }), { message: /^enough$/ })
  t.equal(runs, 15, 'five samples of three models')
  const lines = readFileSync(state, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, 1 + 5)
  appendFileSync(state, '[5,[[1') // as a process that is killed leaves it
  t.same(await evaluate(models, resumable), whole)
  t.equal(runs, 3 * count, 'no sample ran twice')
  t.same(await evaluate(models, resumable), whole, 'nothing is left to run')
  t.equal(runs, 3 * count)

  await t.rejects(evaluate(models, { ...resumable, seed: 2 }), {
    code: 'TWINFER_DATA_INVALID',
    message: /options differs/,
  })
  await t.rejects(evaluate(models.slice(1), resumable), { message: /models differs/ })
  writeFileSync(state, 'my diary\n')
  await t.rejects(evaluate(models, resumable), { code: 'TWINFER_DATA_INVALID' })
  t.equal(readFileSync(state, 'utf8'), 'my diary\n', 'nothing is written over')
})

t.test(
  'pictures go by the sidecar, and a model without one gets the same',
  noSharp ? { skip: noSharp } : {},
  async (t) => {
    const folder = t.testdir({ val: { two: {}, three: {} } })
    const model = await digitsWithSidecar(folder)
    await digitsPicture(join(folder, 'val/two/a.png'))
    await digitsPicture(join(folder, 'val/three/b.png'))
    const sets: Readonly<Record<string, string>> = {
      folder: join(folder, 'val'),
      table: join(folder, 'labels.csv'),
      numbers: join(folder, 'numbers.csv'),
    }
    writeFileSync(sets.table!, 'file,label,who\nval/two/a.png,two,"me, again"\n\nval/three/b.png,three,me\n')
    writeFileSync(sets.numbers!, '\uFEFFlabel,file\r\n2,val/two/a.png\r\n3,val/three/b.png\r\n')
    const results: Evaluation[] = []
    for (const data of Object.values(sets)) {
      results.push(await evaluate([model, digits('model.mnn')], { ...withThreads, data, metrics: ['top1'] }))
    }
    for (const { models } of results) {
      t.equal(models.length, 2)
      for (const { results } of models) {
        t.equal(results[0]?.value, 0.5)
        t.match(results[0]?.classes, [
          { index: 2, label: 'two', value: 1 },
          { index: 3, label: 'three', value: 0 },
        ])
      }
    }
  },
)

t.test('embeddings of pairs', async (t) => {
  const { folder } = await noisySet(t)
  const { data } = await readNpy(join(folder, 'inputs.npy'))
  const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.npy`))
  for (const [i, file] of files.entries()) {
    const scale = i === 2 ? -3 : 1
    const values = Float32Array.from(
      data.slice(i * 64, (i + 1) * 64) as Float32Array,
      (value) => scale * value,
    )
    await writeNpy(file, new Tensor(values, [1, 1, 8, 8]))
  }
  const pairs = join(folder, 'pairs.csv')
  writeFileSync(pairs, 'a,b,same\na.npy,b.npy,1\na.npy,c.npy,0\nb.npy,c.npy,false\n')
  const { data: set, models: evaluated } = await evaluate(models, {
    ...withThreads,
    data: pairs,
    metrics: ['eer'],
  })
  t.match(set, { samples: 3, pairs: 3 })
  for (const { results } of evaluated)
    t.match(results[0], { metric: 'eer', value: 0, count: 3, details: { same: 1 } })
})

t.test('samples that run beside each other are measured in their order, up to one that fails', async (t) => {
  const { folder, inputs } = await noisySet(t)
  const names: string[] = []
  const failing: OwnMetric = {
    name: 'largest',
    measure(outputs, _, { name }) {
      if (names.length === 9) throw new Error('enough')
      names.push(name)
      return Number(Object.values(outputs)[0]!.data[0])
    },
  }
  const resume = join(folder, 'order.jsonl')
  // One thread, so that there is a lane for each core.
  const options: EvaluateOptions = { ...withThreads, data: inputs, metrics: [failing], resume }
  await t.rejects(evaluate(models, options), { message: /enough/ })
  const lines = readFileSync(resume, 'utf8').trim().split('\n').slice(1)
  const places = lines.map((line) => JSON.parse(line)[0] as number)
  t.same(places, [0, 1, 2, 3], 'two models a sample')
  t.same(names.slice(0, 4), ['sample 0', 'sample 0', 'sample 1', 'sample 1'])
})

t.test('bad sets and options are refused with what was expected', async (t) => {
  const { folder, inputs, labels } = await noisySet(t)
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  const uneven = join(folder, 'uneven.npy')
  await writeNpy(uneven, new Tensor(new Int32Array(3), [3]))
  const many = join(folder, 'many.npy')
  await writeNpy(many, new Tensor(new Int32Array(count).fill(10), [count]))
  const huge = file('huge.csv', 'file,label\n')
  truncateSync(huge, 2 ** 26 + 1)
  const hasNul = { code: 'TWINFER_DATA_INVALID', message: /\.csv:2: .*received one with a NUL/ }
  const bad: readonly (readonly [Partial<EvaluateOptions>, object])[] = [
    [{ data: empty }, { code: 'TWINFER_DATA_INVALID', message: /empty set/ }],
    [{ data: join(folder, 'nothing') }, { code: 'TWINFER_FILE_NOT_FOUND' }],
    [{ data: file('a.txt', '') }, { code: 'TWINFER_DATA_INVALID', message: /a folder, a \.csv/ }],
    [{ data: file('a.csv', 'x,y\n1,2\n') }, { code: 'TWINFER_DATA_INVALID', message: /file,label/ }],
    [{ data: file('b.csv', 'file,label\n"a,2\n') }, { code: 'TWINFER_DATA_INVALID' }],
    [
      { data: file('c.csv', 'file,label\na.npy,cat\n') },
      { code: 'TWINFER_DATA_INVALID', message: /c\.csv:2: .*'cat'/ },
    ],
    [{ data: file('d.csv', 'a,b,same\na.npy,b.npy,maybe\n') }, { message: /d\.csv:2: same: .*'maybe'/ }],
    [{ data: file('e.csv', 'file,label\n') }, { message: /empty set/ }],
    [
      { data: huge },
      { code: 'TWINFER_LIMIT_EXCEEDED', message: /at most 67108864 bytes, received 67108865/ },
    ],
    [
      { data: file('long.csv', `file,label\na.npy,${'2'.repeat(1e5)}\n`) },
      { code: 'TWINFER_DATA_INVALID', message: /long\.csv:2: .*at most 65536 characters, received 100006/ },
    ],
    [
      { data: file('quoted.csv', `file,label\n"${'a\n'.repeat(1e5)}",2\n`) },
      { code: 'TWINFER_DATA_INVALID', message: /quoted\.csv: .*65536/ },
    ],
    [{ data: file('nul.csv', 'file,label\n"a\0b",2\n') }, hasNul],
    [{ data: file('nuls.csv', 'a,b,same\ninputs.npy,"a\0b",1\n') }, hasNul],
    [{ labels: undefined }, { code: 'TWINFER_DATA_INVALID', message: /^sample 0: .*received none/ }],
    [{ labels: uneven }, { code: 'TWINFER_DATA_INVALID', message: /expected 24 samples/ }],
    [{ labels: many }, { code: 'TWINFER_DATA_INVALID', message: /below 10/ }],
    [{ metrics: ['top-1'] }, { code: 'TWINFER_INVALID_OPTION', help: /top1/ }],
    [{ metrics: [] }, { code: 'TWINFER_INVALID_OPTION' }],
    [{ metrics: ['top1', 'top1'] }, { code: 'TWINFER_INVALID_OPTION', message: /twice/ }],
    [{ metrics: ['cosine'] }, { code: 'TWINFER_INVALID_OPTION', message: /reference/ }],
    [{ metrics: [join(folder, 'no.mjs')] }, { code: 'TWINFER_FILE_NOT_FOUND' }],
    [
      { metrics: [file('own.mjs', 'export default 3')] },
      { code: 'TWINFER_INVALID_OPTION', message: /own\.mjs/ },
    ],
    [
      { metrics: [file('bad.mjs', 'export default {')] },
      { code: 'TWINFER_INVALID_OPTION', message: /bad\.mjs/ },
    ],
  ]
  for (const [options, error] of bad) {
    const given = { ...withThreads, data: inputs, labels, metrics: ['top1'], ...options }
    const all = { ...given, labels: options.data === undefined ? given.labels : undefined }
    await t.rejects(evaluate(models.slice(0, 1), all as EvaluateOptions), error as Error)
  }
  await t.rejects(evaluate([], { data: inputs, metrics: ['top1'] }), { code: 'TWINFER_INVALID_ARGUMENT' })
  await t.rejects(evaluate(models, undefined as never), { code: 'TWINFER_INVALID_ARGUMENT' })
})
