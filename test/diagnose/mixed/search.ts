// The smallest set of layers in fp32, on networks whose places are known.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { open, readNpy } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { findMixedPrecision, type MixedOptions } from 'twinfer/diagnose'
import { printMixed } from '../../../dist/cli/mixed/printMixed.js'
import { fixture } from '../../helpers/fixtures.js'
import { type Trap, type TrappedNet, writeTrapped } from '../../helpers/lowPrecisionNets.js'
import { patience } from '../../helpers/patience.js'

t.setTimeout(patience * 600_000)

const isX86 = process.arch === 'x64'

/** Its reference is the network itself in fp32. */
function ask({ param, input }: TrappedNet, options: Partial<MixedOptions> = {}) {
  return findMixedPrecision(param, {
    reference: param,
    inputs: [input],
    precision: 'fp16',
    minSqnrDb: 45,
    ...options,
  })
}

/** All of the truth is found, and at most half as many layers besides. */
function sameSet(t: Test, layers: readonly { readonly name: string }[], truth: readonly string[]) {
  const names = layers.map(({ name }) => name)
  t.same(
    truth.filter((name) => !names.includes(name)),
    [],
    `${names.join()}: all of ${truth.join()}`,
  )
  t.ok(names.length <= 1.5 * truth.length, `${names.length} layers for ${truth.length}`)
}

const cases: readonly (readonly [Trap, readonly number[], Partial<MixedOptions>])[] = [
  ['weights-overflow', [1, 4, 6], { precision: 'default' }],
  ['weights-underflow', [0, 5], { precision: 'fp16-storage' }],
  ['values-overflow', [1, 6], { precision: 'default' }],
  ['cancellation', [4], { precision: 'bf16', minSqnrDb: 36 }],
]

t.test('the layers that a trap needs, and few others', { skip: !isX86 && 'measured on x86' }, async (t) => {
  for (const [trap, places, options] of cases) {
    const traps = Object.fromEntries(places.map((place) => [place, trap]))
    const net = writeTrapped(t.testdir(), 'net', traps)
    const found = await ask(net, options)
    t.equal(found.outcome, 'found', `${trap} ${places}: ${found.said}`)
    sameSet(t, found.layers, net.truth)
    t.ok(found.after!.sqnrDb! >= found.minSqnrDb, `${trap}: ${found.after!.sqnrDb} dB`)
    t.ok((found.before.sqnrDb ?? -Infinity) < found.minSqnrDb)
    t.equal(found.storage, trap === 'values-overflow' ? 'emulated-fp16' : 'engine')
  }
})

t.test('without any need nothing is written; where the bar is too high, that is said', async (t) => {
  const folder = t.testdir()
  const net = writeTrapped(folder, 'net', {})
  const out = join(folder, 'out')
  const fine = await ask(net, { minSqnrDb: 40, out })
  t.match(fine, { outcome: 'nothing-needed', layers: [], written: [], param: null, after: null, open: null })
  const exact = await ask(net, { precision: 'fp32', out })
  t.match(exact, { outcome: 'nothing-needed', precision: { ran: 'fp32', weights: [] } })
  t.match(printMixed(exact), /^as a whole in fp32 +identical/m)

  const other = writeTrapped(folder, 'other', {}, { seed: 9 })
  const far = await ask(net, { reference: other.param, out })
  t.match(far, {
    outcome: 'unreachable',
    layers: [],
    written: [],
    said: /not even fp32 .* `twinfer diagnose`/,
  })
  t.notOk(existsSync(out))

  const int8 = fixture('digits8-cnn/model_int8.ncnn.param')
  const input = await readNpy(fixture('digits8-cnn/input.npy'))
  const stored = await findMixedPrecision(int8, {
    reference: fixture('digits8-cnn/model.ncnn.param'),
    inputs: [input],
  })
  t.match(stored, { outcome: 'unreachable', said: /stores weights as .*int8.*both lines of a layer/ })
  t.match(stored, { precision: { weights: ['int8'] }, said: /^not even fp32 on int8 weights reaches/ })
  t.match(printMixed(stored), /^as a whole in fp32 on int8 weights/m)

  const mnn = await findMixedPrecision(fixture('digits8-cnn/model.mnn'), {
    reference: fixture('digits8-cnn/model.ncnn.param'),
    inputs: [input],
  })
  t.match(mnn, { engine: 'mnn', outcome: 'nothing-needed' })
})

t.test(
  'the copy has masks and bridges, the weights are as they were, and it runs',
  { skip: !isX86 && 'on x86' },
  async (t) => {
    const folder = t.testdir()
    const net = writeTrapped(folder, 'net', { 4: 'cancellation' })
    const out = join(folder, 'out')
    const found = await ask(net, { precision: 'bf16', minSqnrDb: 36, out })
    const copy = join(out, 'net.param')
    t.same(found.written, [copy, join(out, 'net.bin')])
    const text = readFileSync(copy, 'utf8')
    t.equal(text, found.param)
    for (const { name, mask } of found.layers) t.match(text, RegExp(`^\\S+ +${name} .* 31=${mask}$`, 'm'))
    t.match(text, /^DeepCopy /m, 'what feeds the first masked layer is in bf16')
    t.match(found.bridges, [{ to: 'plus_4' }])
    t.same(readFileSync(join(out, 'net.bin')), readFileSync(join(folder, 'net.bin')))
    t.match(found.open!.ncnn, /use_bf16_storage = true;\nnet\.load_param\(.*net\.param"\)/)

    const [low, high] = [
      await open(copy, { precision: 'bf16' }),
      await open(net.param, { precision: 'fp32' }),
    ]
    const [mine] = Object.values(await low.run(net.input))
    const [right] = Object.values(await high.run(net.input))
    t.equal(compareTensors(right!, mine!).sqnrDb, found.after!.sqnrDb, 'as it was said')
    await Promise.all([low.dispose(), high.dispose()])

    const named = join(folder, 'deep', 'my.ncnn.param')
    const again = await ask(net, { precision: 'bf16', minSqnrDb: 36, out: named })
    t.same(again.written, [named, named.replace(/param$/, 'bin')])
  },
)

t.test('what cannot be asked', async (t) => {
  const folder = t.testdir()
  const net = writeTrapped(folder, 'net', {})
  await t.rejects(ask(net, { minSqnrDb: Number.NaN }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /decibels/,
  })
  await t.rejects(ask(net, { out: folder }), { code: 'TWINFER_INVALID_OPTION', message: /another place/ })
  await t.rejects(ask(net, { out: net.param }), { code: 'TWINFER_INVALID_OPTION' })
  await t.rejects(ask(net, { inputs: [] }), { code: 'TWINFER_MISSING_INPUT' })
  await t.rejects(ask(net, { precision: 'bf16', emulateFp16: true }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /received bf16/,
  })
  await t.rejects(ask(net, { reference: join(folder, 'none.onnx') }), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(ask({ ...net, param: fixture('digits8-cnn/model.onnx') }, { reference: net.param }), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
  })
})
