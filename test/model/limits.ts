// What a run may take, without a process of its own.
import { totalmem } from 'node:os'
import t from 'tap'
import { type OpenOptions, open, readNpy, Tensor } from 'twinfer'
import { fixture } from '../helpers/fixtures.js'
import { openLayers } from '../helpers/ncnnModel.js'

const models = ['digits8-cnn/model.mnn', 'digits8-cnn/model.ncnn.param']
const input = await readNpy(fixture('digits8-cnn/input.npy'))
const exceeded = 'TWINFER_LIMIT_EXCEEDED'

t.test('what holds is stated', async (t) => {
  for (const name of models) {
    const plain = await open(fixture(name))
    const { ms, memory, elements } = plain.effective.limits
    t.same([ms, elements], [null, null])
    t.ok(memory! > 0 && memory! <= totalmem() / 2, `${memory} bytes`)
    const limits = { ms: 5000, memory: 1e9, elements: 1e6 }
    const model = await open(fixture(name), { limits })
    t.same(model.effective.limits, limits)
    t.same((await model.run(input)).output?.data, (await plain.run(input)).output?.data)
    const none = await open(fixture(name), { limits: { ms: Infinity, memory: Infinity, elements: Infinity } })
    t.same(none.effective.limits, { ms: null, memory: null, elements: null })
    await Promise.all([plain, model, none].map((one) => one.dispose()))
  }
  for (const limits of [{ ms: 0 }, { memory: -1 }, { elements: Number.NaN }, { hours: 1 }, 5, null])
    await t.rejects(open(fixture(models[0]!), { limits } as OpenOptions), { code: 'TWINFER_INVALID_OPTION' })
})

t.test('ncnn: a small file that asks for much is refused before it runs', async (t) => {
  const layers = ['Input in 0 1 in', 'Padding pad 1 1 in out 0=3000 1=3000 2=3000 3=3000 4=0 5=1.0']
  const small = new Tensor(new Float32Array(3), [1, 1, 3])
  for (const [limits, message] of [
    [{ memory: 100e6 }, /layer 'pad' \(Padding, line 4\): .*at most 100000000 bytes.*tensor of 144\d+/],
    [{ elements: 1e6 }, /layer 'pad'.*at most 1000000 elements.*received 36\d+/],
  ] as const) {
    const model = await openLayers(layers, [], { limits })
    t.teardown(() => model.dispose())
    const before = process.memoryUsage().rss
    await t.rejects(model.run(small), { code: exceeded, message })
    t.throws(() => model.runSync(small), { code: exceeded, message })
    t.ok(process.memoryUsage().rss - before < 200e6, 'nothing was made')
  }
})

t.test('ncnn: layers that do not look at their memory, and outputs that are inputs', async (t) => {
  const nets: readonly (readonly [layer: string, shape: readonly number[], bytes: number])[] = [
    ['GLU y 1 1 w y 0=0', [16], 70],
    ['StatisticsPooling y 1 1 w y 0=1', [12, 16, 16], 13_000],
    ['Squeeze y 1 1 w y 1=1', [12, 1, 16], 768],
  ]
  for (const [layer, shape, memory] of nets) {
    const length = shape.reduce((product, size) => product * size)
    const tensor = new Tensor(new Float32Array(length).fill(1), shape)
    for (const [lines, limits] of [
      [['BinaryOp b 1 1 x w 0=0 1=1 2=0.5', layer], { memory }],
      [[layer.replace(' w ', ' x ')], { ms: 1e-7 }],
    ] as const) {
      const model = await openLayers(['Input a 0 1 x', ...lines], [], {
        limits,
        inputShapes: { x: shape },
      })
      t.teardown(() => model.dispose())
      await t.rejects(model.run(tensor), { code: exceeded }, `${layer}, ${JSON.stringify(limits)}`)
      // Synchronously a small input may be used in place, which takes less.
      const into = { y: new Float32Array(length) }
      if ('ms' in limits) t.throws(() => model.runSync(tensor, { outputs: into }), { code: exceeded })
    }
  }
})

for (const name of models) {
  t.test(`${name}: with too little memory a run ends, wherever it stands`, async (t) => {
    const plain = await open(fixture(name))
    const [right] = Object.values(await plain.run(input))
    let [refused, ran] = [0, 0]
    for (let memory = 64; memory < 4e6; memory = Math.ceil(memory * 1.3)) {
      try {
        const model = await open(fixture(name), { limits: { memory } })
        const [output] = Object.values(await model.run(input).finally(() => model.dispose()))
        t.same(output!.data, right!.data, `${memory} bytes are enough`)
        ran++
      } catch (error) {
        t.match(error, { code: exceeded, message: new RegExp(`at most ${memory} bytes`) })
        t.equal(ran, 0, 'more is never worse')
        refused++
      }
    }
    t.ok(refused > 3 && ran > 3, `${refused} refused, ${ran} ran`)
    await plain.dispose()
  })

  t.test(`${name}: a tensor of too many elements is named`, async (t) => {
    const run = async () => {
      const model = await open(fixture(name), { limits: { elements: 70 } })
      await model.run(input).finally(() => model.dispose())
    }
    await t.rejects(run(), { code: exceeded, message: /layer '.+' \(.+at most 70 elements.+$/ })
  })

  t.test(`${name}: a run that takes too long ends, and the next one runs`, async (t) => {
    const model = await open(fixture(name), { limits: { ms: 1e-6 } })
    t.teardown(() => model.dispose())
    const refusal = { code: exceeded, message: /a run of at most 1e-06 ms \(limits\.ms\), it was ended here/ }
    for (let i = 0; i < 3; i++) {
      await t.rejects(model.run(input), refusal)
      t.throws(() => model.runSync(input), refusal)
    }
    const patient = await open(fixture(name), { limits: { ms: 60_000 } })
    t.teardown(() => patient.dispose())
    const plain = await open(fixture(name))
    t.teardown(() => plain.dispose())
    for (let i = 0; i < 2; i++)
      t.same(Object.values(await patient.run(input))[0]!.data, Object.values(await plain.run(input))[0]!.data)
  })

  t.test(`${name}: an aborted run leaves the model as it was`, async (t) => {
    const model = await open(fixture(name), { lanes: 1 })
    t.teardown(() => model.dispose())
    const [right] = Object.values(await model.run(input))
    for (let i = 0; i < 50; i++) {
      const abort = new AbortController()
      const run = model.run(input, { signal: abort.signal })
      setImmediate(() => abort.abort())
      await run.catch((error) => t.equal(error, abort.signal.reason))
      t.same(Object.values(await model.run(input))[0]!.data, right!.data)
    }
  })
}

t.test('a long run that is aborted makes room for the next one', async (t) => {
  // Each layer takes some milliseconds and makes a blob of its own, and there are hundreds.
  const names = Array.from({ length: 400 }, (_, at) => `b${at}`)
  const layers = names.map((name, at) => `Permute ${name} 1 1 ${names[at - 1] ?? 'in'} ${name} 0=1`)
  const model = await openLayers(['Input in 0 1 in', ...layers], [], { lanes: 1, threads: 1 })
  t.teardown(() => model.dispose())
  const large = new Tensor(new Float32Array(1 << 20), [1, 1024, 1024])
  const started = performance.now()
  await model.run(large)
  const whole = performance.now() - started
  const abort = AbortSignal.timeout(Math.ceil(whole / 20))
  const again = performance.now()
  await t.rejects(model.run(large, { signal: abort }), { name: 'TimeoutError' })
  await model.run(new Tensor(new Float32Array(16), [1, 4, 4]))
  t.ok(performance.now() - again < whole / 2, `${performance.now() - again} of ${whole} ms`)
})
