import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, type Precision, readNpy, Tensor } from 'twinfer'
import {
  type CompareLayersOptions,
  compareLayers,
  type JudgedPrecision,
  openReference,
  openTracer,
} from 'twinfer/compare'
import { fixture } from '../helpers/fixtures.js'
import { convolutionLine, normals, writeNcnn } from '../helpers/ncnnFile.js'
import { engineFiles, engines } from '../helpers/networks.js'

const onnx = fixture('digits8-cnn/model.onnx')

async function compare(
  reference: string,
  candidate: string,
  precision: Precision = 'fp32',
  { input: given, ...options }: CompareLayersOptions & { input?: Tensor } = {},
) {
  const input = given ?? (await readNpy(fixture('digits8-cnn/input.npy')))
  const [tracer, isolating] = [
    await openReference(reference),
    await openTracer(candidate, { precision, threads: 1 }),
  ]
  try {
    return await compareLayers(tracer, isolating, { [tracer.inputs[0]!.name]: input }, options)
  } finally {
    await tracer.dispose()
    await isolating.dispose()
  }
}

/** The fixture's ncnn network with its weights changed: the float32 of each layer in order. */
function damaged(dir: string, change: (floats: Float32Array, bytes: Buffer) => void): string {
  const bytes = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  change(floats, bytes)
  copyFileSync(fixture('digits8-cnn/model.ncnn.param'), join(dir, 'model.ncnn.param'))
  writeFileSync(join(dir, 'model.ncnn.bin'), bytes)
  return join(dir, 'model.ncnn.param')
}

for (const engine of engines) {
  const candidate = fixture(`digits8-cnn/${engineFiles[engine]}`)

  t.test(`every layer of a sound ${engine} model is found in the .onnx, and none diverges`, async (t) => {
    const { layers, matched, unmatched, firstDivergence } = await compare(onnx, candidate)
    t.equal(firstDivergence, null)
    t.equal(unmatched, 0)
    t.equal(matched, layers.length)
    for (const { own, accumulated, name } of layers) {
      t.ok(own!.sqnrDb! > 100, `${name} own ${own!.sqnrDb}`)
      t.ok(accumulated!.sqnrDb! > 90, `${name} accumulated ${accumulated!.sqnrDb}`)
    }
    const order = layers.map(({ reference }) => reference)
    t.ok(new Set(order).size >= 8, 'different tensors')
  })

  t.test(`${engine} is as good a reference`, async (t) => {
    const reference = fixture(`digits8-cnn/${engine === 'ncnn' ? engineFiles.mnn : engineFiles.ncnn}`)
    const { unmatched, firstDivergence } = await compare(reference, candidate)
    t.equal(firstDivergence, null)
    t.equal(unmatched, 0)
  })

  t.test(`bf16 on ${engine} is spread over all layers`, async (t) => {
    await using model = await open(candidate, { precision: 'bf16' })
    if (model.effective.precision !== 'bf16') return t.pass(`${engine} has no bf16 here`)
    for (const precision of ['bf16', 'fp32'] satisfies JudgedPrecision[]) {
      const { firstDivergence, layers } = await compare(onnx, candidate, 'bf16', { precision })
      t.match(firstDivergence, { damage: 'spread', index: 0 })
      const low = layers.filter(({ own }) => own!.sqnrDb! > 40 && own!.sqnrDb! < 80)
      t.ok(low.length > layers.length / 2, 'pooling aside')
    }
  })

  t.test(`a wrong input of a sound ${engine} model is told from a wrong layer`, async (t) => {
    const input = await readNpy(fixture('digits8-cnn/input.npy'))
    const scaled = new Tensor(
      (input.data as Float32Array).map((value) => value * 16),
      input.shape,
    )
    const name = engine === 'ncnn' ? 'in0' : 'image'
    const { firstDivergence, layers } = await compare(onnx, candidate, 'fp32', {
      deployedInputs: { [name]: scaled },
    })
    t.match(firstDivergence, { damage: 'input', index: 0 })
    t.ok(layers.every(({ own }) => own!.sqnrDb! > 100))
    t.ok(layers[0]!.accumulated!.sqnrDb! < 10)
  })
}

t.test('int8 and fp16 files are spread, too', async (t) => {
  for (const [file, precision] of [
    ['model_int8.ncnn.param', 'int8'],
    ['model_fp16.ncnn.param', 'fp16-storage'],
    ['model_fp16.mnn', 'fp16-storage'],
  ] as const) {
    const { firstDivergence, unmatched } = await compare(onnx, fixture(`digits8-cnn/${file}`), 'fp32', {
      precision,
    })
    t.match(firstDivergence, { damage: 'spread' }, file)
    t.equal(unmatched, 0, file)
  }
})

// The weights of convrelu_0 start behind its tag: 12 channels of 9.
t.test('one bad weight is one bad channel of its layer', async (t) => {
  for (const value of [Number.NaN, Infinity, 1e30, 100]) {
    const model = damaged(t.testdir(), (floats) => {
      floats[1 + 9 * 3] = value
    })
    const { firstDivergence, unmatched } = await compare(onnx, model)
    t.match(firstDivergence, { name: 'convrelu_0', damage: 'few-channels', channels: [3] }, String(value))
    t.equal(unmatched, 0, 'what follows is matched nevertheless')
  }
})

t.test('a layer that is wrong as a whole is named, and nothing below it', async (t) => {
  const changes: Record<string, (weights: Float32Array) => void> = {
    zero: (weights) => weights.fill(0),
    scaled: (weights) => weights.set(weights.map((weight) => weight * 1e6)),
    reversed: (weights) => weights.reverse(),
    shifted: (weights) => weights.copyWithin(0, 1),
  }
  for (const [what, change] of Object.entries(changes)) {
    const model = damaged(t.testdir(), (floats) => change(floats.subarray(1, 1 + 108)))
    const { firstDivergence, layers } = await compare(onnx, model)
    t.match(firstDivergence, { name: 'convrelu_0', damage: 'whole-layer', index: 0 }, what)
    for (const { own, name } of layers.slice(1)) t.ok(own!.sqnrDb! > 100, `${what}: ${name} alone is right`)
    t.ok(layers.at(-1)!.accumulated!.sqnrDb! < 40, 'the output is not')
  }
})

t.test('the last layer has nothing below it to prove the guess, and is named too', async (t) => {
  const model = damaged(t.testdir(), (floats) => {
    floats.subarray(-10 - 480, -10).fill(0)
  })
  const { firstDivergence } = await compare(onnx, model)
  t.match(firstDivergence, { blob: 'out0', damage: 'whole-layer' })
})

t.test('two networks that have nothing in common match nowhere and name nothing', async (t) => {
  const dir = t.testdir({
    'net.param': '7767517\n2 2\nInput in0 0 1 in0\nReLU r 1 1 in0 out0\n',
    'net.bin': '',
  })
  const { matched, firstDivergence } = await compare(onnx, `${dir}/net.param`)
  t.match({ matched, firstDivergence }, { matched: 0, firstDivergence: null })
})

t.test('a layer whose scores are lost beside boxes that hold all the power is named', async (t) => {
  const dir = t.testdir()
  const outputs = 8
  const scaleOf = (output: number) => (output < 4 ? 300 : 0.05)
  const layers = [
    'Input in0 0 1 in0',
    convolutionLine('stem', 'in0', 'features', 4, 16),
    'ReLU act 1 1 features active',
    convolutionLine('head', 'active', 'boxes', 16, outputs),
    'ReLU end 1 1 boxes out0',
  ]
  const stem = { kernel: normals(1, 64), bias: normals(2, 16) }
  const kernel = normals(3, 16 * outputs).map((value, i) => value * scaleOf(Math.floor(i / 16)))
  const head = { kernel, bias: Float32Array.from({ length: outputs }, (_, i) => scaleOf(i)) }
  const lost = { ...head, kernel: kernel.map((value, i) => (Math.floor(i / 16) === 6 ? 0 : value)) }
  writeNcnn(join(dir, 'sound'), { layers, weights: [stem, head] })
  writeNcnn(join(dir, 'lost'), { layers, weights: [stem, lost] })
  const input = new Tensor(normals(4, 4 * 64), [4, 8, 8])
  const of = (name: string, precision: 'fp32' | 'bf16') =>
    compare(join(dir, 'sound.param'), join(dir, `${name}.param`), precision, { input, precision })
  const { firstDivergence, layers: compared } = await of('lost', 'fp32')
  t.match(firstDivergence, { name: 'head', damage: 'few-channels', channels: [6] })
  t.match(firstDivergence!.reason, /index 6 of 8 of dimension 0/)
  t.ok(compared.find(({ name }) => name === 'head')!.own!.sqnrDb! > 60, 'the layer as a whole looks sound')
  t.match((await of('lost', 'bf16')).firstDivergence, { name: 'head', channels: [6] })
  t.equal((await of('sound', 'fp32')).firstDivergence, null)
  t.match((await of('sound', 'bf16')).firstDivergence, { damage: 'spread' })
})
