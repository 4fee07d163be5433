// Models whose engine runs in a process of its own.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { type Model, type OpenOptions, open, readNpy, Tensor } from 'twinfer'
import { fixture } from '../helpers/fixtures.js'
import { isSanitized } from '../helpers/patience.js'

const models = ['digits8-cnn/model.mnn', 'digits8-cnn/model.ncnn.param']
const input = await readNpy(fixture('digits8-cnn/input.npy'))
/** Of a process that this one started, by its command line. */
const children = () =>
  readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false
    try {
      const [, parent] = /^\d+ \(.*\) \S+ (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))!
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8')
      return Number(parent) === process.pid && command.includes('serveModel')
    } catch {
      return false // it has just ended
    }
  })

for (const name of models) {
  t.test(`${name}: what it gives is the same`, async (t) => {
    const [here, apart] = [await open(fixture(name)), await open(fixture(name), { isolate: true })]
    t.teardown(() => Promise.all([here.dispose(), apart.dispose()]))
    t.same(apart.inputs, here.inputs)
    t.same(apart.outputs, here.outputs)
    const [expected] = Object.values(await here.run(input))
    const [received] = Object.values(await apart.run(input))
    t.same(received!.data, expected!.data)
    t.same(received!.shape, expected!.shape)
    t.same(Object.values(apart.runSync(input))[0]!.data, expected!.data, 'and synchronously')
    const into = new Float32Array(expected!.length)
    apart.runSync(input, { outputs: { [apart.outputs[0]!.name]: into } })
    t.same(into, expected!.data, 'and into a given array')
    const { notes, ...effective } = apart.effective
    const { notes: _, limits, ...expectedEffective } = here.effective
    const expectedLimits = { ...limits, ms: 60_000 }
    t.same(effective, { ...expectedEffective, limits: expectedLimits, lanes: 1 }, 'one run at a time')
    t.match(notes.join('\n'), /process of its own/)
  })

  t.test(`${name}: errors are the same`, async (t) => {
    const [here, apart] = [await open(fixture(name)), await open(fixture(name), { isolate: true })]
    t.teardown(() => Promise.all([here.dispose(), apart.dispose()]))
    const refusalOf = async (run: Promise<unknown>) => {
      const { code, message, help } = await run.then(
        () => t.fail('it is refused'),
        (error) => error,
      )
      return { code, message, help }
    }
    const bad: ((model: Model) => Promise<unknown>)[] = [
      (model) => model.run(new Tensor(new Float32Array(3), [3])),
      (model) => model.run(new Tensor(new Int32Array(64), [1, 1, 8, 8])),
      (model) => model.run(input, { outputs: ['nowhere'] }),
    ]
    for (const call of bad) t.same(await refusalOf(call(apart)), await refusalOf(call(here)))
    const options: OpenOptions = { engineOptions: { nonsense: 1 } }
    const refusal = await open(fixture(name), options).catch((error) => error)
    await t.rejects(open(fixture(name), { ...options, isolate: true }), {
      code: refusal.code,
      message: refusal.message,
      help: refusal.help,
    })
  })

  t.test(`${name}: a crash is an error, and the next run works`, async (t) => {
    const apart = await open(fixture(name), { isolate: true })
    t.teardown(() => apart.dispose())
    const [expected] = Object.values(await apart.run(input))
    const [child] = children()
    process.kill(Number(child), 'SIGSEGV')
    await t.rejects(apart.run(input), { code: 'TWINFER_ENGINE_CRASHED', message: /SIGSEGV/ })
    t.same(Object.values(await apart.run(input))[0]!.data, expected!.data)
    t.not(children()[0], child)
  })

  t.test(`${name}: what takes too long is ended`, async (t) => {
    const apart = await open(fixture(name), { isolate: true, limits: { ms: 4000 } })
    t.teardown(() => apart.dispose())
    process.kill(Number(children()[0]), 'SIGSTOP')
    await t.rejects(apart.run(input), { code: 'TWINFER_LIMIT_EXCEEDED', message: /a run within 4000 ms/ })
    await t.resolves(apart.run(input))
  })

  t.test(`${name}: disposed of, its process is gone`, async (t) => {
    const before = children().length
    const apart = await open(fixture(name), { isolate: true })
    t.equal(children().length, before + 1)
    await apart.dispose()
    t.equal(children().length, before)
  })
}

t.test('limits', async (t) => {
  const model = fixture(models[0]!)
  const bad: readonly [object, RegExp][] = [
    [{ isolate: true, limits: { ms: 0 } }, /limits\.ms as a number of milliseconds above 0, received 0/],
    [
      { isolate: true, limits: { hours: 1 } },
      /limits: expected one of ms, memory, elements, received "hours"/,
    ],
    [{ isolate: 1 }, /isolate as true or false/],
  ]
  for (const [options, message] of bad)
    await t.rejects(open(model, options as OpenOptions), { code: 'TWINFER_INVALID_OPTION', message })
  // A sanitizer ends the process where the system gives it no more, whoever asked.
  if (isSanitized) return
  for (const name of [...models, 'tiny-lstm/model.mnn'])
    for (const memory of [4096, 30_000, 300_000, 1e6]) {
      const run = async () => {
        const small = await open(fixture(name), { isolate: true, limits: { memory } })
        const shapes = small.inputs.map(({ shape }) => shape?.map((size) => Math.max(size, 1)) ?? [1, 8, 8])
        const zeros = shapes.map(
          (shape) => new Tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape),
        )
        await small.run(zeros).finally(() => small.dispose())
      }
      const message = /at most \d+ bytes/
      // malloc may have some left.
      await run().catch((error) =>
        t.match(error, { code: 'TWINFER_LIMIT_EXCEEDED', message }, `${name}, ${memory}`),
      )
    }
})

t.test('each lane is a process', async (t) => {
  const before = children().length
  const model = await open(fixture(models[0]!), { isolate: true, lanes: 2 })
  t.teardown(() => model.dispose())
  t.equal(children().length, before + 2)
  t.equal(model.effective.lanes, 2)
  const [one, other] = await Promise.all([model.run(input), model.run(input)])
  t.same(Object.values(one)[0]!.data, Object.values(other)[0]!.data)
})
