// Masks in a .param, the bridges in front of them, and what happens without: which another process has to bear.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { open, readNpy, Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { maskLayers } from '../../../dist/diagnose/mixed/maskLayers.js'
import { Trials } from '../../../dist/diagnose/mixed/Trials.js'
import { fixture } from '../../helpers/fixtures.js'
import { paramText } from '../../helpers/ncnnModel.js'
import { patience } from '../../helpers/patience.js'
import { seededRandom } from '../../helpers/seededRandom.js'

t.setTimeout(patience * 120_000)

const relu = (name: string, from: string, to: string, rest = '') =>
  `ReLU ${name} 1 1 ${from} ${to} ${rest}`.trim()
/** The layers of a text, with single spaces. */
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '))

t.test('a layer that is fed in low precision gets a bridge, and none behind a masked one', async (t) => {
  const text = paramText(
    'Input in 0 1 in',
    relu('a', 'in', 'x'),
    relu('b', 'x', 'y', '0=0.1'),
    relu('c', 'y', 'z', '31=16'),
  )
  const { text: masked, bridges, wide } = maskLayers(text, new Set([2, 3]), 4)
  t.same(lines(masked), [
    '7767517',
    '5 5',
    'Input in 0 1 in',
    'ReLU a 1 1 in x',
    'DeepCopy x_fp32 1 1 x x_fp32',
    'ReLU b 1 1 x_fp32 y 0=0.1 31=4',
    'ReLU c 1 1 y z 31=20',
  ])
  t.same(bridges, [{ from: 'a', to: 'b', blob: 'x', layer: 'x_fp32' }])
  t.same([...wide], [2, 3, 4])
  t.same(maskLayers(text, new Set([1]), 4).bridges, [], 'an input of the network is fp32')
  t.same(maskLayers(text, new Set([2]), 1).bridges, [], 'arithmetic alone changes no blob')
  t.same(lines(maskLayers(text, new Set(), 7).text), lines(text))
})

t.test('a Split hands on what it gets', async (t) => {
  const text = paramText(
    'Input in 0 1 in',
    relu('a', 'in', 'x'),
    'Split s 1 2 x x0 x1',
    relu('b', 'x0', 'y'),
    relu('c', 'x1', 'z'),
  )
  const wide = maskLayers(text, new Set([1, 3]), 3)
  t.same(lines(wide.text).slice(3), [
    'ReLU a 1 1 in x 31=3',
    'Split s 1 2 x x0 x1 31=2',
    'ReLU b 1 1 x0 y 31=3',
    'ReLU c 1 1 x1 z',
  ])
  t.same(wide.bridges, [])
  t.same(maskLayers(text, new Set([3]), 2).bridges, [{ from: 'a', to: 'b', blob: 'x0', layer: 'x0_fp32' }])
  const taken = maskLayers(text.replace('c 1 1 x1 z', 'c 1 1 x1 x0_fp32'), new Set([3]), 2)
  t.match(taken.bridges, [{ layer: 'x0_fp322' }], 'a name that is there is not used again')
})

t.test('other forms of a .param, and layers that it has not, are refused', async (t) => {
  for (const text of ['nothing', '7767517\n1 1\nInput in 0\n'])
    t.throws(() => maskLayers(text, new Set([0]), 4), { code: 'TWINFER_MODEL_INVALID' })
  for (const text of ['', '7767517\n2 2\nInput in 0 1 in\n'])
    t.throws(() => maskLayers(text, new Set([0]), 4), { code: 'TWINFER_MODEL_TRUNCATED' })
  for (const at of [-1, 1])
    t.throws(() => maskLayers(paramText('Input in 0 1 in'), new Set([at]), 4), {
      code: 'TWINFER_INVALID_ARGUMENT',
    })
})

t.test('a text among the parameters may look like a mask', async (t) => {
  const text = paramText('Input in 0 1 in', relu('a', 'in', 'x', '5="1 31=7 2" 31=1 6=word'))
  const masked = maskLayers(text, new Set([1]), 4).text
  t.equal(lines(masked)[3], 'ReLU a 1 1 in x 5="1 31=7 2" 31=5 6=word')
})

const param = readFileSync(fixture('digits8-cnn/model.ncnn.param'), 'utf8')
const weights = fixture('digits8-cnn/model.ncnn.bin')
const input = await readNpy(fixture('digits8-cnn/input.npy'))

t.test('any set of masked layers runs in any precision, and all of them give fp32', async (t) => {
  const fp32 = await open(fixture('digits8-cnn/model.ncnn.param'), { precision: 'fp32' })
  const [right] = Object.values(await fp32.run(input))
  await fp32.dispose()
  const count = Number(param.split('\n')[1]!.split(' ')[0])
  const random = seededRandom(7)
  const all = Array.from({ length: count - 1 }, (_, at) => at + 1)
  for (const [precision, bits] of [
    ['bf16', 4],
    ['fp16', 3],
  ] as const)
    for (let i = 0; i < 12; i++) {
      const set = new Set(i === 0 ? all : all.filter(() => random() < 0.5))
      const { text } = maskLayers(param, set, bits)
      const weightBytes = readFileSync(weights)
      const model = await open(Buffer.from(text), { engine: 'ncnn', weights: weightBytes, precision })
      const [mine] = Object.values(await model.run(input))
      const { sqnrDb } = compareTensors(right!, mine!)
      t.ok(sqnrDb! > (i === 0 ? 100 : 35), `${precision}, ${[...set]}: ${sqnrDb} dB`)
      await model.dispose()
    }
})

t.test(
  'a process that ends is an answer, and the next network runs',
  { skip: process.platform !== 'linux' && 'reads its children from /proc' },
  async (t) => {
    const trials = new Trials([{ in0: new Tensor(input.data, input.shape) }])
    t.teardown(() => trials.dispose())
    const options = { precision: 'bf16' } as const
    const endIt = () => {
      const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
      for (const child of children)
        if (readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('trialChild'))
          process.kill(Number(child), 'SIGSEGV')
    }
    const first = trials.run({ param, weights, options })
    setTimeout(endIt, 0)
    await t.rejects(first, { code: 'TWINFER_ENGINE_CRASHED' })
    const [right] = (await trials.run({ param, weights, options })).outputs
    // What ran before may have written where it should not: the second end is not taken for this network's.
    const second = trials.run({ param, weights, options })
    setTimeout(endIt, 0)
    t.same((await second).outputs[0]!.out0!.data, right!.out0!.data, 'who comes next does not suffer')
    const { outputs, names, ms } = await trials.run({ param, weights, options, timed: true })
    t.same([outputs.length, names], [1, ['out0']])
    t.ok(ms! > 0)
    await t.rejects(trials.run({ param: 'nothing', weights, options }), { code: 'TWINFER_MODEL_INVALID' })
  },
)
