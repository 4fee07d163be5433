import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { record, verify } from '../../dist/compare.js'
import { Tensor } from '../../dist/index.js'
import {
  convolutionParameter,
  inputParameter,
  type MnnOperator,
  mnnFile,
  opType,
  tableParameter,
} from '../helpers/mnnFile.js'
import { convolutionLine, normals, writeNcnn } from '../helpers/ncnnFile.js'
import { type GraphParts, onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { changeManifest } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const size = [1, 3, 5, 4] as const
const channels = 4
const kernel = (seed: number) => normals(seed, channels * 3)
const bias = (seed: number) => normals(seed + 50, channels)
const values = (seed: number) => new Tensor(normals(seed, 60), size)

/** Convolutions of the input, one an output: `[name, seed]`. Each engine has them in the order that is given. */
type Heads = readonly (readonly [name: string, seed: number])[]

const writers = {
  async onnx(folder: string, heads: Heads): Promise<string> {
    const graph: GraphParts = {
      nodes: heads.map(([name]) => ['Conv', ['x', `${name}.w`, `${name}.b`], [name]]),
      inputs: [['x', 'float32', size]],
      outputs: heads.map(([name]) => name),
      weights: heads.flatMap(([name, seed]) => [
        [`${name}.w`, 'float32', [channels, 3, 1, 1], kernel(seed)] as const,
        [`${name}.b`, 'float32', [channels], bias(seed)] as const,
      ]),
    }
    const file = join(folder, 'net.onnx')
    await writeFile(file, onnxGraphFile(graph))
    return file
  },
  async ncnn(folder: string, heads: Heads): Promise<string> {
    const splits = heads.map((_, i) => `s${i}`)
    writeNcnn(join(folder, 'net'), {
      layers: [
        'Input in0 0 1 in0',
        `Split split 1 ${splits.length} in0 ${splits.join(' ')}`,
        ...heads.map(([name], i) => convolutionLine(`c${i}`, splits[i]!, name, 3, channels)),
      ],
      weights: heads.map(([, seed]) => ({ kernel: kernel(seed), bias: bias(seed) })),
    })
    return join(folder, 'net.param')
  },
  async mnn(folder: string, heads: Heads): Promise<string> {
    const convolutions = heads.map(([name, seed], i): MnnOperator => {
      const layer = { inputs: 3, outputs: channels, weights: [...kernel(seed)], biases: [...bias(seed)] }
      const parameter = convolutionParameter(layer)
      return { type: opType.Convolution, name, inputs: [0], outputs: [i + 1], parameter }
    })
    const input = { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(size) }
    const tensors = ['x', ...heads.map(([name]) => name)]
    const file = join(folder, 'net.mnn')
    await writeFile(file, mnnFile({ tensors, operators: [input, ...convolutions] }))
    return file
  },
}

const engines = ['ncnn', 'mnn'] as const

async function recorded(folder: string, model: string, inputs: Readonly<Record<string, Tensor>> | Tensor) {
  const file = join(folder, 'golden.twin')
  await record(model, { file, inputs, repeat: 1 })
  return file
}

const settings = { precision: 'fp32', repeat: 1 } as const

for (const engine of engines) {
  t.test(`${engine}: outputs with other names in another order are paired by value`, async (t) => {
    const folder = t.testdir()
    const original = await writers.onnx(folder, [
      ['p', 1],
      ['q', 2],
      ['s', 3],
    ])
    const pack = await recorded(folder, original, values(9))
    const renamed = await writers[engine](folder, [
      ['t', 3],
      ['u', 1],
      ['v', 2],
    ])
    const { pass, outputs } = await verify(pack, renamed, settings)
    t.equal(pass, true)
    t.strictSame(
      outputs.map(({ name, candidateName, pairedBy }) => [name, candidateName, pairedBy]),
      [
        ['p', 'u', 'value'],
        ['q', 'v', 'value'],
        ['s', 't', 'value'],
      ],
    )
    const swapped = await writers[engine](folder, [
      ['s', 3],
      ['p', 2],
      ['q', 1],
    ])
    const failed = await verify(pack, swapped, settings)
    t.equal(failed.pass, false)
    t.match(failed.verdict.reason, /'p' and 'q' are swapped/)
    t.match(failed.outputs[0], { name: 'p', pairedBy: 'name' })
  })

  t.test(`${engine}: a pack of its own, which has its own order, judges the others`, async (t) => {
    const folder = t.testdir()
    const own = await writers[engine](folder, [
      ['state', 3],
      ['mask', 1],
    ])
    const pack = await recorded(folder, own, values(9))
    const original = await writers.onnx(folder, [
      ['a', 1],
      ['b', 3],
    ])
    const { pass, outputs } = await verify(pack, original, settings)
    t.equal(pass, true)
    t.strictSame(Object.fromEntries(outputs.map(({ name, candidateName }) => [name, candidateName])), {
      mask: 'a',
      state: 'b',
    })
  })
}

t.test("pnnx's numbers count what the original has, in its order", async (t) => {
  const folder = t.testdir()
  const original = await writers.onnx(folder, [
    ['700', 1],
    ['50', 2],
  ])
  const pack = await recorded(folder, original, values(9))
  const right = await writers.ncnn(folder, [
    ['out1', 2],
    ['out0', 1],
  ])
  const { pass, outputs } = await verify(pack, right, settings)
  t.equal(pass, true)
  t.strictSame(Object.fromEntries(outputs.map(({ name, candidateName }) => [name, candidateName])), {
    700: 'out0',
    50: 'out1',
  })
})

/** y = a - 2b, and what nothing reads; `inputs` are in the file's order. */
async function original(folder: string, inputs: readonly string[], [a, b]: readonly [string, string]) {
  const graph: GraphParts = {
    nodes: [
      ['Mul', [b, 'two'], ['b2']],
      ['Sub', [a, 'b2'], ['y']],
    ],
    inputs: inputs.map((name) => [name, 'float32', size] as const),
    outputs: ['y'],
    constants: [['two', [1], [2]]],
  }
  const file = join(folder, 'original.onnx')
  await writeFile(file, onnxGraphFile(graph))
  return file
}

const converted = {
  ncnn(folder: string, inputs: readonly string[], [a, b]: readonly [string, string]) {
    const lines = inputs.map((name) => `Input ${name} 0 1 ${name}`)
    const layers = [...lines, `BinaryOp m 1 1 ${b} b2 0=2 1=1 2=2.0`, `BinaryOp s 2 1 ${a} b2 out0 0=1`]
    writeNcnn(join(folder, 'converted'), { layers, weights: [] })
    return join(folder, 'converted.param')
  },
  async mnn(folder: string, inputs: readonly string[], [a, b]: readonly [string, string]) {
    // a - b - b: BinaryOpOperation 1 is a subtraction.
    const subtraction = () => tableParameter(6, { 0: ['int32', 1], 1: ['int32', 1] })
    const tensors = [...inputs, 'd', 'y']
    const operators = [
      ...inputs.map((name, i) => ({
        type: opType.Input,
        name,
        outputs: [i],
        parameter: inputParameter(size),
      })),
      ...(['d', 'y'] as const).map((name, i) => ({
        type: opType.BinaryOp,
        name,
        inputs: [i === 0 ? inputs.indexOf(a) : inputs.length, inputs.indexOf(b)],
        outputs: [inputs.length + i],
        parameter: subtraction(),
      })),
    ]
    const file = join(folder, 'converted.mnn')
    await writeFile(file, mnnFile({ tensors, operators }))
    return file
  },
}

for (const engine of engines) {
  t.test(`${engine}: inputs are counted with the one that nothing reads, given or not`, async (t) => {
    const [a, b, z] = [values(11), values(12), values(13)]
    for (const inputs of [
      { a, b },
      { a, b, z },
    ]) {
      const folder = t.testdir()
      const pack = await recorded(folder, await original(folder, ['z', 'a', 'b'], ['a', 'b']), inputs)
      for (const [order, roles, wanted] of [
        [['in2', 'in1'], ['in1', 'in2'], true],
        [['in1', 'in0'], ['in0', 'in1'], true],
        [['in1', 'in0'], ['in1', 'in0'], false],
        [['b', 'a'], ['a', 'b'], true],
      ] as const) {
        const file = await converted[engine](folder, order, roles)
        const { pass } = await verify(pack, file, settings)
        t.equal(pass, wanted, `${Object.keys(inputs)}: ${order} as ${roles}`)
      }
    }
  })
}

t.test('a pack of an earlier version knows what was given', async (t) => {
  const folder = t.testdir()
  const [a, b] = [values(11), values(12)]
  const pack = await recorded(folder, await original(folder, ['z', 'a', 'b'], ['a', 'b']), { a, b })
  await changeManifest(pack, (manifest) => {
    manifest.version = '1.0'
    delete manifest.modelInputs
  })
  const file = converted.ncnn(folder, ['in1', 'in0'], ['in0', 'in1'])
  t.equal((await verify(pack, file, settings)).pass, true)
  await changeManifest(pack, (manifest) => {
    manifest.modelInputs = [{ name: 'a', shape: [-2], unused: false }]
  })
  await t.rejects(verify(pack, file, settings), {
    code: 'TWINFER_PACK_INVALID',
    message: /modelInputs\[0\]\.shape\[0\]/,
  })
})

t.test("an original's own in1 and in0 are pnnx's in0 and in1 where only that passes", async (t) => {
  const folder = t.testdir()
  const inputs = { in0: values(11), in1: values(12) }
  const pack = await recorded(folder, await original(folder, ['in1', 'in0'], ['in1', 'in0']), inputs)
  const code = 'inputs-by-number'
  const right = await verify(pack, converted.ncnn(folder, ['in0', 'in1'], ['in0', 'in1']), settings)
  t.equal(right.pass, true)
  t.ok(right.notices.some((notice) => notice.code === code))
  const named = await verify(pack, converted.ncnn(folder, ['in0', 'in1'], ['in1', 'in0']), settings)
  t.equal(named.pass, true)
  t.notOk(named.notices.some((notice) => notice.code === code))
})
