import { once } from 'node:events'
import t from 'tap'
import { type Model, open, type RunResult, Tensor, TwinferError } from 'twinfer'
import { engines, maxAbsError, network } from '../helpers/networks.js'

const valuesOf = (result: RunResult) => Object.values<Tensor>(result)[0]!

for (const engine of engines) {
  t.test(`${engine}: lanes run at once, with the results of one`, async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    await using one = await open(file, { precision: 'fp32', threads: 1 })
    await using three = await open(file, { precision: 'fp32', threads: 1, lanes: 3 })
    t.equal(three.effective.lanes, 3)
    t.equal(three.effective.threads, 1)
    const expected = valuesOf(one.runSync(input))
    const results = await Promise.all(Array.from({ length: 12 }, () => three.run(input)))
    for (const result of results) t.same(valuesOf(result).data, expected.data)
    t.same(valuesOf(three.runSync(input)).data, expected.data)
  })

  t.test(`${engine}: lanes share the cores, unless threads are given`, async (t) => {
    const { file } = await network('tiny-ecapa-tdnn', engine)
    await using shared = await open(file, { lanes: 16 })
    t.equal(shared.effective.threads, 1)
    await using given = await open(file, { lanes: 2, threads: 3 })
    t.equal(given.effective.threads, 3)
    t.equal(given.effective.threadsReason, 'asked for')
  })

  t.test(`${engine}: a model with lanes is disposed when its runs are over`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const model = await open(file, { lanes: 2 })
    const runs = Array.from({ length: 20 }, () => model.run(input))
    await model.dispose()
    t.equal((await Promise.all(runs)).length, 20)
    await t.rejects(model.run(input), { code: 'TWINFER_DISPOSED' })
    await t.rejects(model.runMany([input]).next(), { code: 'TWINFER_DISPOSED' })
  })

  t.test(`${engine}: runMany gives results in the order of the items`, async (t) => {
    const { file, input, expected } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32', lanes: 2 })
    const scaled = (factor: number) =>
      new Tensor(
        Float32Array.from(input.data as Float32Array, (value) => value * factor),
        input.shape,
      )
    const wanted = [0.25, 0.5, 1, 0.75].map((factor) => valuesOf(model.runSync(scaled(factor))).data)
    async function* later() {
      for (const factor of [0.25, 0.5, 1, 0.75]) yield scaled(factor)
    }
    for (const items of [[0.25, 0.5, 1, 0.75].map(scaled), later()]) {
      const results = []
      for await (const result of model.runMany(items)) results.push(valuesOf(result))
      t.same(
        results.map(({ data }) => data),
        wanted,
      )
      t.ok(maxAbsError(expected, results[2]!) < 3e-5)
    }
    for await (const _ of model.runMany([])) t.fail('nothing comes of nothing')
  })

  t.test(`${engine}: runMany takes no more than it has room for`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { lanes: 2 })
    let [taken, given, most] = [0, 0, 0]
    function* items() {
      for (; taken < 50; taken++) {
        most = Math.max(most, taken + 1 - given)
        yield input
      }
    }
    for await (const _ of model.runMany(items())) {
      given++
      if (given % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    t.equal(given, 50)
    t.equal(most, 3, 'two lanes, and one that is ready')
  })
}

async function digits(): Promise<{ model: Model; input: Tensor }> {
  const { file, input } = await network('digits8-cnn', 'mnn')
  return { model: await open(file, { lanes: 2 }), input }
}

t.test('runMany: leaving early ends the source and waits for what runs', async (t) => {
  const { model, input } = await digits()
  let [taken, ended] = [0, false]
  async function* items() {
    try {
      while (true) {
        taken++
        yield input
      }
    } finally {
      ended = true
    }
  }
  for await (const _ of model.runMany(items())) break
  t.equal(ended, true)
  t.ok(taken <= 4, String(taken))
  const before = taken
  await model.dispose()
  t.equal(taken, before)
})

t.test('runMany: an error has the place of its item, and ends it', async (t) => {
  const { model, input } = await digits()
  let ended = false
  function* items() {
    try {
      yield input
      yield new Float32Array(3)
      yield* Array.from({ length: 10 }, () => input)
    } finally {
      ended = true
    }
  }
  let given = 0
  const all = async () => {
    for await (const _ of model.runMany(items())) given++
  }
  const error = await all().catch((error: unknown) => error)
  t.match(error, { code: 'TWINFER_LENGTH_MISMATCH', message: /^item 1: / })
  t.ok(error instanceof TwinferError)
  t.equal(given, 1)
  t.equal(ended, true)
  t.equal((await model.run(input)) !== undefined, true, 'the model goes on')
  await model.dispose()
})

t.test('runMany: a signal ends it, whatever the source waits for', async (t) => {
  const { model, input } = await digits()
  const stop = new AbortController()
  async function* items() {
    yield input
    await once(new EventTarget(), 'never')
  }
  const reason = new Error('enough')
  const results = model.runMany(items(), { signal: stop.signal })
  const first = results.next()
  setTimeout(() => stop.abort(reason), 50)
  await t.rejects(
    (async () => {
      await first
      await results.next()
    })(),
    reason,
  )
  const aborted = AbortSignal.abort(reason)
  await t.rejects(model.runMany([input], { signal: aborted }).next(), reason)
  await model.dispose()
})

t.test("runMany: the source's own errors pass as they are", async (t) => {
  const { model, input } = await digits()
  const own = new RangeError('mine')
  // biome-ignore lint/correctness/useYield: it is to fail
  function* failing(): Generator<Tensor> {
    throw own
  }
  await t.rejects(model.runMany(failing()).next(), own)
  for (const items of [undefined, null, 3, input, {}]) {
    await t.rejects(model.runMany(items as never).next(), { code: 'TWINFER_INVALID_ARGUMENT' })
  }
  await model.dispose()
})

t.test('lanes are whole numbers from 1 to 16', async (t) => {
  const { file } = await network('digits8-cnn', 'mnn')
  for (const lanes of [0, 17, 1.5, '2', null]) {
    await t.rejects(open(file, { lanes: lanes as never }), {
      code: 'TWINFER_INVALID_OPTION',
      message: /lanes/,
    })
  }
})
