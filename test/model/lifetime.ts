import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { type Model, open, type Tensor } from 'twinfer'
import { withExponentials } from '../helpers/exponentials.js'
import { engines, maxAbsError, network } from '../helpers/networks.js'

for (const engine of engines) {
  t.test(`${engine}: dispose waits for every run in flight`, async (t) => {
    const { file, input, expected } = await network('tiny-ecapa-tdnn', engine)
    const model = await open(file, { precision: 'fp32' })
    const runs = Array.from({ length: 20 }, () => model.run(input))
    let finished = 0
    for (const run of runs) run.then(() => finished++)
    await model.dispose()
    // The last run's own promise settles within the same turn of the event loop.
    await setImmediate()
    t.equal(finished, runs.length)
    const results = await Promise.all(runs)
    for (const result of results) {
      t.ok(maxAbsError(expected, Object.values<Tensor>(result)[0]!) < withExponentials(engine, 3e-6))
    }
  })

  t.test(`${engine}: a disposed model refuses, and can be disposed again`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const model = await open(file)
    await Promise.all([model.dispose(), model.dispose()])
    await model.dispose()
    t.equal(model.disposed, true)
    t.throws(() => model.runSync(input), { code: 'TWINFER_DISPOSED' })
    t.throws(() => model.effective, { code: 'TWINFER_DISPOSED' })
    await t.rejects(model.run(input), { code: 'TWINFER_DISPOSED' })
    t.ok(model.inputs.length, 'what it was can still be read')
  })

  t.test(`${engine}: a result outlives its model`, async (t) => {
    const { file, input, expected } = await network('digits8-cnn', engine)
    const model = await open(file, { precision: 'fp32' })
    const [output] = Object.values<Tensor>(model.runSync(input))
    await model.dispose()
    globalThis.gc?.()
    t.ok(maxAbsError(expected, output!) < 3e-5)
  })

  t.test(`${engine}: an abandoned model is collected`, async (t) => {
    if (!globalThis.gc) return t.pass('needs --expose-gc', { skip: true })
    const { file, input } = await network('digits8-cnn', engine)
    const reference = await (async () => {
      const model: Model = await open(file)
      await model.run(input)
      return new WeakRef(model)
    })()
    for (let i = 0; i < 20 && reference.deref() !== undefined; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      globalThis.gc()
    }
    t.equal(reference.deref(), undefined)
  })

  t.test(`${engine}: a signal stops a run before it starts and abandons one that runs`, async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    await using model = await open(file)
    await t.rejects(model.run(input, { signal: AbortSignal.abort(new Error('too late')) }), {
      message: 'too late',
    })
    const controller = new AbortController()
    const runs = Array.from({ length: 50 }, () => model.run(input, { signal: controller.signal }))
    const settled = Promise.allSettled(runs)
    controller.abort(new Error('changed my mind'))
    for (const run of await settled)
      t.match(run, { status: 'rejected', reason: { message: 'changed my mind' } })
    const [output] = Object.values<Tensor>(await model.run(input))
    t.equal(output!.length, 96, 'the model works on')
  })

  t.test(`${engine}: many runs of several models at once are all right`, async (t) => {
    const { file, input, expected } = await network('digits8-cnn', engine)
    const models = await Promise.all([1, 2, 3].map((threads) => open(file, { precision: 'fp32', threads })))
    const runs = models.flatMap((model) => Array.from({ length: 100 }, () => model.run(input)))
    const worst = Math.max(
      ...(await Promise.all(runs)).map((result) => maxAbsError(expected, Object.values<Tensor>(result)[0]!)),
    )
    t.ok(worst < 3e-5, `worst error ${worst}`)
    await Promise.all(models.map((model) => model.dispose()))
  })
}
