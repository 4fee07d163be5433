// Any tensor of the graph as an output of a run, between the layers as well as at the end.
import t from 'tap'
import { open, readNpy, Tensor } from 'twinfer'
import { traceLayers } from 'twinfer/compare'
import { cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { convolutionFile } from '../helpers/mnnFile.js'
import { engines, network } from '../helpers/networks.js'

for (const engine of engines) {
  for (const name of ['digits8-cnn', 'tiny-ecapa-tdnn']) {
    for (const precision of ['fp32', 'bf16'] as const) {
      t.test(`${name} on ${engine} in ${precision}: each blob is what the trace shows`, async (t) => {
        const { file, input } = await network(name, engine)
        await using model = await open(file, { precision, threads: 1 })
        const traced = new Map<string, Tensor>()
        const inputs = { [model.inputs[0]!.name]: input }
        await traceLayers(file, inputs, {
          precision,
          threads: 1,
          visit: ({ blob }, { data, shape }) => traced.set(blob, new Tensor(data.slice(), shape)),
        })
        t.ok(traced.size > 2)
        const plain = await model.run(input)
        const backwards = [...traced.keys()].reverse()
        const all = await model.run(input, { outputs: backwards })
        t.same(Object.keys(all).sort(), [...backwards].sort()) // numbers come first in any object
        for (const [blob, { data, shape }] of traced) {
          // MNN's trace shows the shape inside a reduction, [48, 1, 1] for a tensor of [1, 48].
          if (engine === 'ncnn') t.same(all[blob]!.shape, shape, blob)
          t.ok(sameBytes(all[blob]!, { data }), blob)
        }
        for (const blob of backwards.slice(0, 5)) {
          t.same(
            model.runSync(input, { outputs: [blob] })[blob]!.data,
            traced.get(blob)!.data,
            `${blob} alone`,
          )
        }
        const again = await model.run(input)
        t.same(Object.keys(again), Object.keys(plain))
        for (const output of Object.keys(plain)) t.ok(sameBytes(again[output]!, plain[output]!), output)
      })
    }
  }
}

/** Deep comparisons of arrays take seconds. */
function sameBytes(a: Pick<Tensor, 'data'>, b: Pick<Tensor, 'data'>): boolean {
  const [left, right] = [a.data, b.data].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  return left!.equals(right!)
}

const net = (...layers: readonly string[]) => {
  const blobs = new Set(
    layers.flatMap((layer) => layer.split(' ').slice(4)).filter((word) => !word.includes('=')),
  )
  return Buffer.from(`7767517\n${layers.length} ${blobs.size}\n${layers.join('\n')}\n`)
}
const noWeights = { engine: 'ncnn', weights: new Uint8Array(0), precision: 'fp32' } as const
const values = Float32Array.of(-1, 2, -3, 4)

t.test('ncnn: a blob keeps its values where the next layer works in place', async (t) => {
  const param = net(
    'Input in0 0 1 in0',
    'BinaryOp double 1 1 in0 doubled 0=2 1=1 2=2.0',
    'ReLU relu 1 1 doubled positive',
    'BinaryOp add 1 1 positive out0 0=0 1=1 2=1.0',
  )
  await using model = await open(param, noWeights)
  const input = new Tensor(values, [4])
  const outputs = ['out0', 'in0', 'positive', 'doubled']
  const result = await model.run(input, { outputs })
  t.same(Object.keys(result), outputs)
  t.same(result.doubled!.data, Float32Array.of(-2, 4, -6, 8))
  t.same(result.positive!.data, Float32Array.of(0, 4, 0, 8))
  t.same(result.out0!.data, Float32Array.of(1, 5, 1, 9))
  t.same(result.in0!.data, values)
  t.not(result.in0!.data.buffer, values.buffer, 'never the caller’s own array')
  const only = model.runSync(input, { outputs: ['doubled'] })
  t.same(only.doubled!.data, Float32Array.of(-2, 4, -6, 8))
})

t.test('ncnn: blobs with several consumers and layers with several blobs', async (t) => {
  const param = net(
    'Input in0 0 1 in0',
    'Slice cut 1 2 in0 left right -23300=2,-233,-233 1=0',
    'Split copies 1 2 left left0 left1',
    'BinaryOp sum 2 1 left0 right sum 0=0',
    'Concat out 2 1 sum left1 out0 0=0',
  )
  await using model = await open(param, noWeights)
  const { left, right, sum, out0, left1 } = await model.run(new Tensor(values, [4]), {
    outputs: ['out0', 'sum', 'right', 'left', 'left1'],
  })
  t.same(left!.data, Float32Array.of(-1, 2))
  t.same(left1!.data, Float32Array.of(-1, 2))
  t.same(right!.data, Float32Array.of(-3, 4))
  t.same(sum!.data, Float32Array.of(-4, 6))
  t.same(out0!.data, Float32Array.of(-4, 6, -1, 2))
})

for (const engine of engines) {
  t.test(`${engine}: a blob is written into the array that is given for it`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const layers = await traceLayers(file, { [model.inputs[0]!.name]: input }, { precision: 'fp32' })
    const { blob, shape } = layers[1]!
    const expected = model.runSync(input, { outputs: [blob] })[blob]!
    const into = Tensor.zeros(shape)
    const result = await model.run(input, { outputs: { [blob]: into } })
    t.equal(result[blob]!.data, into.data)
    t.same(into.data, expected.data)
    t.throws(() => model.runSync(input, { outputs: { [blob]: new Float32Array(3) } }), {
      code: 'TWINFER_LENGTH_MISMATCH',
    })
  })

  t.test(`${engine}: runs that overlap get the blobs that each asked for`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32', threads: 1 })
    const layers = await traceLayers(file, { [model.inputs[0]!.name]: input }, { precision: 'fp32' })
    const blobs = layers.map(({ blob }) => blob)
    const alone = blobs.map((blob) => model.runSync(input, { outputs: [blob] })[blob]!.data)
    await using fresh = await open(file, { precision: 'fp32', threads: 1 })
    const runs = blobs.map((blob) => fresh.run(input, { outputs: [blob] }))
    const sync = blobs.map((blob) => fresh.runSync(input, { outputs: [blob] })[blob]!.data)
    const results = await Promise.all(runs)
    for (const [i, blob] of blobs.entries()) {
      t.same(results[i]![blob]!.data, alone[i])
      t.same(sync[i], alone[i])
    }
  })

  t.test(`${engine}: a name that is nowhere in the graph names the nearest`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file)
    const layers = await traceLayers(file, { [model.inputs[0]!.name]: input })
    const { blob } = layers.find((layer) => layer.blob.length > 1)!
    for (const name of [`${blob}x`, '', '__proto__', 'constructor']) {
      await t.rejects(model.run(input, { outputs: [name] }), { code: 'TWINFER_UNKNOWN_OUTPUT' })
    }
    await t.rejects(model.run(input, { outputs: [`${blob}x`] }), {
      code: 'TWINFER_UNKNOWN_OUTPUT',
      help: /Did you mean/,
    })
    await t.rejects(model.run(input, { outputs: [3 as never] }), {
      code: 'TWINFER_UNKNOWN_OUTPUT',
      message: /number 3/,
    })
  })
}

t.test('MNN: another input size after a session was made anew, and the input as an output', async (t) => {
  const identity = { inputs: 3, outputs: 3, weights: [1, 0, 0, 0, 1, 0, 0, 0, 1], biases: [1, 1, 1] }
  await using model = await open(convolutionFile([1, 3, -1, -1], identity), { precision: 'fp32' })
  const [output] = model.outputs
  for (const size of [1, 2, 5]) {
    const input = new Tensor(new Float32Array(3 * size).fill(size), [1, 3, 1, size])
    const result = await model.run(input, { outputs: [model.inputs[0]!.name, output!.name] })
    t.same(result[model.inputs[0]!.name]!.data, input.data)
    t.same(result[model.inputs[0]!.name]!.shape, input.shape)
    t.same(result[output!.name]!.data, new Float32Array(3 * size).fill(size + 1))
  }
})

t.test('MNN: a model that runs as a Module says how to get at a tensor of it', async (t) => {
  await using model = await open(fixture('tiny-lstm/if.mnn'))
  const names = inspectedTensors(fixture('tiny-lstm/if.mnn'))
  const between = names.find((name) => !model.outputs.some((output) => output.name === name))!
  const input = Tensor.zeros(model.inputs[0]!.shape!.map((size) => Math.max(1, size)))
  await t.rejects(model.run(input, { outputs: [between] }), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    help: /Module\.load/,
  })
})

function inspectedTensors(file: string): readonly string[] {
  const { json } = cliJson<{ layers: { outputs: string[] }[] }>(['inspect', file])
  return json.layers.flatMap(({ outputs }) => outputs)
}

for (const engine of engines) {
  t.test(`${engine}: the command line writes a blob as it writes an output`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const layers = await traceLayers(file, { [model.inputs[0]!.name]: input }, { precision: 'fp32' })
    const { blob } = layers[1]!
    const folder = t.testdir()
    const given = ['-i', fixture('digits8-cnn/input.npy'), '--precision', 'fp32', '-o', folder]
    const names = [blob, model.outputs[0]!.name]
    const { status, json } = cliJson<{ outputs: { name: string; file: string }[] }>([
      ...['run', file, ...given],
      ...names.flatMap((name) => ['--output', name]),
    ])
    t.equal(status, 0)
    t.same(
      json.outputs.map(({ name }) => name),
      names,
    )
    const written = await readNpy(json.outputs[0]!.file)
    t.same(written.data, model.runSync(input, { outputs: [blob] })[blob]!.data)
    const refused = cliJson<ErrorJson>(['run', file, ...given, '--output', `${blob}x`])
    t.equal(refused.status, 2)
    t.match(refused.json.error.help, blob)
  })
}
