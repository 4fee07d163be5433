// Both engines on a Vulkan device. On a machine without a GPU this is Mesa's lavapipe, which computes on the
// CPU: right numbers, no speed.
import t from 'tap'
import { type OpenOptions, open, type Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import * as mnn from 'twinfer/mnn'
import * as ncnn from 'twinfer/ncnn'
import { inputParameter, mnnFile, opType, unaryParameter } from '../helpers/mnnFile.js'
import { needsVulkan } from '../helpers/needsVulkan.js'
import { type Engine, engines, network } from '../helpers/networks.js'

// MNN times its kernels while it loads; without a GPU that is all that a load does.
const quick = (engine: Engine): OpenOptions => (engine === 'mnn' ? { engineOptions: { gpuMode: 1 } } : {})

async function sqnrOf(model: Awaited<ReturnType<typeof open>>, input: Tensor, expected: Tensor) {
  const [output] = Object.values(await model.run(input))
  return compareTensors(expected, output!).sqnrDb!
}

for (const engine of engines) {
  t.test(
    `${engine}: fp32 on Vulkan gives the reference's numbers, and says where it ran`,
    needsVulkan,
    async (t) => {
      for (const name of ['digits8-cnn', 'tiny-ecapa-tdnn']) {
        const { file, input, expected } = await network(name, engine)
        await using model = await open(file, { ...quick(engine), device: 'vulkan', precision: 'fp32' })
        const sqnr = await sqnrOf(model, input, expected)
        t.ok(sqnr >= 100, `${name}: ${sqnr} dB`)
        t.match(model.effective, { backend: 'vulkan', device: /^vulkan:0 \S/, precision: 'fp32' })
      }
    },
  )

  t.test(
    `${engine}: fp16 on Vulkan is less exact, and says which kind of fp16 it is`,
    needsVulkan,
    async (t) => {
      const { file, input, expected } = await network('digits8-cnn', engine)
      await using model = await open(file, { ...quick(engine), device: 'vulkan', precision: 'fp16' })
      const sqnr = await sqnrOf(model, input, expected)
      t.ok(sqnr > 35 && sqnr < 80, `${sqnr} dB`)
      t.match(model.effective.precision, /^fp16/)
      const said = model.effective.notes.some((note) => note.startsWith('requested fp16 → active'))
      t.equal(said, model.effective.precision !== 'fp16', 'a note exactly where it is not what was asked for')
    },
  )

  t.test(`${engine}: models on Vulkan may come and go, several at once`, needsVulkan, async (t) => {
    const { file, input, expected } = await network('digits8-cnn', engine)
    const options = { ...quick(engine), device: 'vulkan', precision: 'fp32' } as const
    for (let round = 0; round < 3; round++) {
      const models = await Promise.all([open(file, options), open(file, options)])
      const results = await Promise.all(models.map((model) => sqnrOf(model, input, expected)))
      t.ok(Math.min(...results) > 100)
      await Promise.all(models.map((model) => model.dispose()))
    }
  })
}

t.test('both engines on Vulkan in one process, in turn and at once', needsVulkan, async (t) => {
  const both = await Promise.all(
    engines.map(async (engine) => {
      const { file, input, expected } = await network('digits8-cnn', engine)
      return {
        model: await open(file, { ...quick(engine), device: 'vulkan', precision: 'fp32' }),
        input,
        expected,
      }
    }),
  )
  for (let round = 0; round < 3; round++) {
    const results = await Promise.all(
      both.map(({ model, input, expected }) => sqnrOf(model, input, expected)),
    )
    t.ok(Math.min(...results) > 100)
  }
  await Promise.all(both.map(({ model }) => model.dispose()))
})

t.test(
  'MNN: Softmax runs on the CPU, because its Vulkan shader has a race, and effective says so',
  needsVulkan,
  async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', 'mnn')
    await using model = await open(file, { ...quick('mnn'), device: 'vulkan', precision: 'fp32' })
    await model.run(input)
    t.ok(model.effective.notes.some((note) => /^\d+ of \d+ layers run on the CPU \(.*Softmax 1/.test(note)))
    t.ok(model.effective.notes.some((note) => note.includes('Softmax is kept off the GPU')))
  },
)

const geluStandard = 33 // MNN's UnaryOpOperation

const exactGelu: Readonly<Record<Engine, Uint8Array>> = {
  ncnn: Buffer.from('7767517\n2 2\nInput a 0 1 a 0=4\nGELU g 1 1 a b 0=0\n'),
  mnn: mnnFile({
    tensors: ['a', 'b'],
    operators: [
      { type: opType.Input, name: 'a', outputs: [0], parameter: inputParameter([1, 4]) },
      { type: opType.UnaryOp, name: 'b', inputs: [0], outputs: [1], parameter: unaryParameter(geluStandard) },
    ],
  }),
}

for (const engine of engines) {
  t.test(
    `${engine}: fp32 keeps exact GELU off the GPU, where it is an approximation`,
    needsVulkan,
    async (t) => {
      const exact = [-0.04550026, -0.15426877, 0.34573123, 1.95449974]
      const weights = engine === 'ncnn' ? { weights: new Uint8Array() } : {}
      const options = { engine, device: 'vulkan', ...weights } as const
      const errorOf = async (model: Awaited<ReturnType<typeof open>>) => {
        const { b } = await model.run(Float32Array.of(-2, -0.5, 0.5, 2))
        return Math.max(...exact.map((value, i) => Math.abs(value - Number(b!.data[i]))))
      }
      await using fp32 = await open(exactGelu[engine], { ...options, precision: 'fp32' })
      t.ok((await errorOf(fp32)) < 1e-6)
      t.ok(fp32.effective.notes.some((note) => note.includes('fp32 keeps GELU off the GPU')))
      await using unasked = await open(exactGelu[engine], options)
      t.ok((await errorOf(unasked)) > 1e-5, 'the other precisions leave it there')
    },
  )
}

t.test('the direct bindings list the devices of their engine', needsVulkan, async (t) => {
  for (const gpus of [ncnn.gpuInfo(), mnn.gpuInfo()]) {
    t.match(gpus[0], { index: 0, name: /\S/, apiVersion: /^\d+\.\d+\.\d+$/, fp16Storage: Boolean })
  }
  t.same(
    ncnn.gpuInfo().map(({ index, name }) => ({ index, name })),
    mnn.gpuInfo().map(({ index, name }) => ({ index, name })),
    'in the same order',
  )
})
