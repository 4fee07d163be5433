import { availableParallelism } from 'node:os'
import t from 'tap'
import { open, Tensor } from 'twinfer'
import { cpuInfo } from 'twinfer/ncnn'
import { engines, network } from '../helpers/networks.js'

/** Of a machine that has more, the cores that a run could use. */
const several = availableParallelism() > 1 ? {} : { skip: 'one core: there is nothing to choose' }

for (const engine of engines) {
  t.test(`${engine}: a small network gets one thread, and says why`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file)
    model.runSync(input)
    const { threads, threadsReason } = model.effective
    t.equal(threads, 1)
    t.match(threadsReason, /^1 thread of \d+ cores? for less than a million multiply-adds a run/)
  })

  t.test(`${engine}: a larger one gets more, for the work that both engines see`, several, async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    await using model = await open(file)
    model.runSync(input)
    const { threads, threadsReason } = model.effective
    // With AVX-512 a thread has twice the work before another is worth waking.
    const worth = cpuInfo().features.avx512 ? 10 : 5
    t.match(threadsReason, `for 14 million multiply-adds a run: ${worth} million are worth a thread`)
    t.equal(threads, Math.min(Math.floor(14 / worth), availableParallelism()))
  })

  t.test(`${engine}: threads that are given are obeyed`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { threads: 3 })
    model.runSync(input)
    t.equal(model.effective.threads, 3)
    t.equal(model.effective.threadsReason, 'asked for')
    const name = engine === 'ncnn' ? 'num_threads' : 'numThread'
    await using other = await open(file, { engineOptions: { [name]: 2 } })
    other.runSync(input)
    t.equal(other.effective.threads, 2)
    t.equal(other.effective.threadsReason, 'asked for')
  })
}

t.test('ncnn: what the shapes are says the caller, or the first run', several, async (t) => {
  const { file, input } = await network('digits8-cnn', 'ncnn')
  await using open1 = await open(file)
  t.match(open1.effective.threadsReason, /the first run tells the shapes/)
  await using known = await open(file, { inputShapes: { in0: [1, 8, 8] } })
  t.equal(known.effective.threads, 1)
  t.match(known.effective.options.num_threads, 1)
  known.runSync(input)
  t.equal(known.effective.threads, 1)
})

t.test('mnn: a batch brings more threads, and its tensors stay', several, async (t) => {
  const { file, input } = await network('digits8-cnn', 'mnn')
  await using model = await open(file, { precision: 'fp32' })
  await using one = await open(file, { precision: 'fp32', threads: 1 })
  const names = ['/b/b.1/b.1.2/Relu_output_0', 'logits']
  const between = (await model.run(input, { outputs: names }))[names[0]!]
  t.ok(between)
  const batch = new Tensor(
    Float32Array.from({ length: 256 * 64 }, (_, i) => Number(input.data[i % 64])),
    [256, 1, 8, 8],
  )
  t.equal(model.effective.threads, 1)
  const { logits } = await model.run(batch, { outputs: names })
  t.ok(model.effective.threads > 1, model.effective.threadsReason)
  const expected = one.runSync(input).logits!
  for (let i = 0; i < logits!.length; i++) {
    const error = Math.abs(Number(logits!.data[i]) - Number(expected.data[i % 10]))
    if (error > 1e-4) return t.fail(`${error} at ${i}`)
  }
  const again = await model.run(input, { outputs: names })
  t.same(again[names[0]!]!.shape, between!.shape)
  t.ok(again.logits, 'and it keeps them for less work')
  t.ok(model.effective.threads > 1)
})
