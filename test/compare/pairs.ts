import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { CompareRequest, ComparisonDocument } from '../../dist/cli/compare/Comparison.js'
import { compareModels } from '../../dist/cli/compare/compareModels.js'
import { encodeFloat16 } from '../../dist/tensor/float16.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { convolutionLine, normals, writeNcnn } from '../helpers/ncnnFile.js'
import { type GraphParts, onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const size = [1, 3, 5, 4] as const
const weight = (seed: number, outputs: number) => ({
  kernel: normals(seed, outputs * 3),
  bias: normals(seed + 1, outputs),
})

/** `compare` in this process; `answer` is what it prints as JSON. */
async function compare(reference: string, candidates: readonly string[], more: Partial<CompareRequest> = {}) {
  const result = await compareModels({
    reference,
    candidates,
    precision: 'fp32',
    device: 'cpu',
    repeat: 1,
    ...more,
  })
  return { exitCode: result.exitCode, answer: result.document as ComparisonDocument, text: result.text }
}

/** Each output a 1 × 1 convolution of the input: `[name, seed, channels]`. */
async function heads(
  folder: string,
  outputs: readonly (readonly [string, number, number])[],
): Promise<string> {
  const graph: GraphParts = {
    nodes: outputs.map(([name]) => ['Conv', ['x', `${name}.w`, `${name}.b`], [name]]),
    inputs: [['x', 'float32', size]],
    outputs: outputs.map(([name]) => name),
    weights: outputs.flatMap(([name, seed, channels]) => {
      const { kernel, bias } = weight(seed, channels)
      return [
        [`${name}.w`, 'float32', [channels, 3, 1, 1], kernel],
        [`${name}.b`, 'float32', [channels], bias],
      ] as const
    }),
  }
  const file = join(folder, 'model.onnx')
  await writeFile(file, onnxGraphFile(graph))
  await writeNpy(join(folder, 'x.npy'), new Tensor(normals(77, 60), size))
  return file
}

/** The same for ncnn, in this order of layers. */
function ncnnHeads(
  folder: string,
  stem: string,
  outputs: readonly (readonly [string, number, number])[],
): string {
  const splits = outputs.map((_, i) => `s${i}`)
  writeNcnn(join(folder, stem), {
    layers: [
      'Input in0 0 1 in0',
      `Split split 1 ${splits.length} in0 ${splits.join(' ')}`,
      ...outputs.map(([name, , channels], i) => convolutionLine(`conv_${i}`, splits[i]!, name, 3, channels)),
    ],
    weights: outputs.map(([, seed, channels]) => weight(seed, channels)),
  })
  return join(folder, `${stem}.param`)
}

const paired = ({ candidates }: ComparisonDocument) =>
  candidates[0]!.outputs.map(
    ({ name, candidateName = name, pairedBy }) => `${name}=${candidateName} ${pairedBy}`,
  )

t.test("pnnx's outputs are paired by their numbers, wherever they stand", async (t) => {
  const folder = t.testdir()
  const onnx = await heads(folder, [
    ['mask', 1, 4],
    ['state', 3, 4],
    ['small', 5, 2],
  ])
  const input = [join(folder, 'x.npy')]
  const right = ncnnHeads(folder, 'right', [
    ['out2', 5, 2],
    ['out1', 3, 4],
    ['out0', 1, 4],
  ])
  const { exitCode, answer, text } = await compare(onnx, [right], { input })
  t.equal(exitCode, 0)
  t.same(paired(answer), ['mask=out0 number', 'state=out1 number', 'small=out2 number'])
  t.match(text, /mask = out0 \(by number\)/)

  t.test('what is really swapped fails and is said to be', async (t) => {
    const swapped = ncnnHeads(folder, 'swapped', [
      ['out0', 3, 4],
      ['out1', 1, 4],
      ['out2', 5, 2],
    ])
    const { exitCode, answer, text } = await compare(onnx, [swapped], { input })
    t.equal(exitCode, 1)
    t.same(
      answer.candidates[0]!.outputs.map(({ name, holds, verdict }) => [name, holds, verdict.pass]),
      [
        ['mask', 'state', false],
        ['state', 'mask', false],
        ['small', undefined, true],
      ],
    )
    t.match(text, /'mask' and 'state' are swapped/)
    t.notMatch(text, /damaged/)
    const pair = ['mask=out1', 'state=out0']
    const said = await compare(onnx, [swapped], { input, pair })
    t.equal(said.exitCode, 0)
    t.same(paired(said.answer).slice(0, 2), ['mask=out1 given', 'state=out0 given'])
  })

  t.test('also where the shapes differ, and in a ring of three', async (t) => {
    const shapes = ncnnHeads(folder, 'shapes', [
      ['out0', 1, 4],
      ['out1', 5, 2],
      ['out2', 3, 4],
    ])
    const { exitCode, text } = await compare(onnx, [shapes], { input })
    t.equal(exitCode, 1)
    t.match(text, /'state' and 'small' are swapped/)
    const ring = ncnnHeads(folder, 'ring', [
      ['out0', 3, 4],
      ['out1', 5, 2],
      ['out2', 1, 4],
    ])
    const rung = await compare(onnx, [ring], { input })
    t.equal(rung.exitCode, 1)
    t.match(rung.text, /'out0' holds the values of 'state', not those of 'mask'/)
  })

  t.test('one that is only wrong is not said to be swapped', async (t) => {
    const wrong = ncnnHeads(folder, 'wrong', [
      ['out0', 1, 4],
      ['out1', 9, 4],
      ['out2', 5, 2],
    ])
    const { exitCode, text } = await compare(onnx, [wrong], { input })
    t.equal(exitCode, 1)
    t.notMatch(text, /swapped|holds the values/)
  })

  t.test('recorded outputs are in the original order as well', async (t) => {
    const { answer: own } = await compare(onnx, [onnx], { input })
    t.equal(own.pass, true)
    const { open } = await import('../../dist/index.js')
    const model = await open(right)
    const { out0, out1, out2 } = await model.run(await readNpy(input[0]!))
    await model.dispose()
    const file = join(folder, 'outputs.npz')
    await writeNpz(file, { mask: out0!, state: out1!, small: out2! })
    const { exitCode, answer } = await compare(file, [right], { input })
    t.equal(exitCode, 0)
    t.same(paired(answer), ['mask=out0 number', 'state=out1 number', 'small=out2 number'])
    // Of the same, in an order of their writer's.
    const sorted = join(folder, 'sorted.npz')
    await writeNpz(sorted, { small: out2!, state: out1!, mask: out0! })
    const { text, ...other } = await compare(sorted, [right], { input })
    t.equal(other.exitCode, 0)
    t.same(paired(other.answer), ['small=out2 value', 'state=out1 value', 'mask=out0 value'])
    t.match(text, /note: outputs that are named otherwise were paired/)
    // What has the names of the recorded ones is held to them.
    await writeNpz(sorted, { out0: out1!, out1: out0!, out2: out2! })
    t.match((await compare(sorted, [right], { input })).text, /'out0' and 'out1' are swapped/)
    // One of several outputs, alone in a .npy.
    const one = join(folder, 'state.npy')
    await writeNpy(one, out1!)
    await t.rejects(compare(one, [right], { input }), { code: 'TWINFER_USAGE', help: /--pair output=NAME/ })
    t.equal((await compare(one, [right], { input, pair: ['output=out1'] })).exitCode, 0)
    t.equal((await compare(one, [right], { input, pair: ['output=out0'] })).exitCode, 1)
  })

  t.test('names that tell nothing are paired by value, with a note', async (t) => {
    const named = ncnnHeads(folder, 'named', [
      ['b', 3, 4],
      ['a', 1, 4],
      ['c', 5, 2],
    ])
    const { exitCode, answer, text } = await compare(onnx, [named], { input })
    t.equal(exitCode, 0)
    t.same(paired(answer), ['mask=a value', 'state=b value', 'small=c value'])
    t.match(text, /note: outputs that are named otherwise were paired: mask = a \(by value\)/)
  })

  t.test('a pair of unknown names is an error, and so is a name in two', async (t) => {
    const refused = (pair: readonly string[], code: string, message: RegExp) =>
      t.rejects(compare(onnx, [right], { input, pair }), { code, message })
    await refused(['mask'], 'TWINFER_USAGE', /REFERENCE=CANDIDATE/)
    await refused(['mosk=out0'], 'TWINFER_UNKNOWN_OUTPUT', /received 'mosk'/)
    await refused(['mask=out9'], 'TWINFER_UNKNOWN_OUTPUT', /received 'out9'/)
    await refused(['mask=out0', 'state=out0'], 'TWINFER_USAGE', /another pair/)
  })
})

/** y = conv(a) - conv(b), and c that nothing reads. */
async function twoInputs(folder: string, outputs: readonly string[] = ['y']): Promise<string> {
  const { kernel: ka, bias: ba } = weight(11, 2)
  const { kernel: kb, bias: bb } = weight(13, 2)
  const graph: GraphParts = {
    nodes: [
      ['Conv', ['a', 'ka', 'ba'], ['ya']],
      ['Conv', ['b', 'kb', 'bb'], ['yb']],
      ['Sub', ['ya', 'yb'], ['y']],
      ['Relu', ['c'], ['nothing']],
    ],
    inputs: [
      ['c', 'float32', [1, 2]],
      ['a', 'float32', size],
      ['b', 'float32', size],
    ],
    outputs,
    weights: [
      ['ka', 'float32', [2, 3, 1, 1], ka],
      ['ba', 'float32', [2], ba],
      ['kb', 'float32', [2, 3, 1, 1], kb],
      ['bb', 'float32', [2], bb],
    ],
  }
  const file = join(folder, 'two.onnx')
  await writeFile(file, onnxGraphFile(graph))
  await writeNpy(join(folder, 'a.npy'), new Tensor(normals(21, 60), size))
  await writeNpy(join(folder, 'b.npy'), new Tensor(normals(23, 60), size))
  await writeNpy(join(folder, 'c.npy'), new Tensor(normals(25, 2), [1, 2]))
  return file
}

function ncnnTwo(
  folder: string,
  stem: string,
  inputs: readonly [string, string],
  [a, b]: readonly [string, string],
) {
  writeNcnn(join(folder, stem), {
    layers: [
      ...inputs.map((name) => `Input ${name} 0 1 ${name}`),
      convolutionLine('ca', a, 'ya', 3, 2),
      convolutionLine('cb', b, 'yb', 3, 2),
      'BinaryOp sub 2 1 ya yb out0 0=1',
    ],
    weights: [weight(11, 2), weight(13, 2)],
  })
  return join(folder, `${stem}.param`)
}

t.test('inputs go by their numbers, without the one that a converter dropped', async (t) => {
  const folder = t.testdir()
  const onnx = await twoInputs(folder)
  const named = ['a', 'b', 'c'].map((name) => `${name}=${join(folder, `${name}.npy`)}`)
  const right = ncnnTwo(folder, 'right', ['in1', 'in0'], ['in0', 'in1'])
  for (const input of [named, named.slice(0, 2), named.slice(0, 2).reverse()]) {
    const { exitCode, answer, text } = await compare(onnx, [right], { input })
    t.equal(exitCode, 0)
    t.same(
      answer.candidates[0]!.inputs.map(({ reference, candidate }) => `${reference}=${candidate}`),
      ['a=in0', 'b=in1'],
    )
    t.match(text, /the candidate has no input 'c'/)
  }
  const ordered = ['c', 'a', 'b'].map((name) => join(folder, `${name}.npy`))
  t.equal((await compare(onnx, [right], { input: ordered })).exitCode, 0)
  const layers = await compare(onnx, [right], { input: named, layers: true })
  t.equal(layers.exitCode, 0)
  t.match(layers.answer.candidates[0]!.layers, { matched: 3, unmatched: 0 })

  const swapped = ncnnTwo(folder, 'swapped', ['in0', 'in1'], ['in1', 'in0'])
  t.equal((await compare(onnx, [swapped], { input: named })).exitCode, 1)
  const pair = ['a=in1', 'b=in0']
  t.equal((await compare(onnx, [swapped], { input: named, pair })).exitCode, 0)

  await t.rejects(compare(onnx, [right], { input: [...named, `d=${join(folder, 'c.npy')}`] }), {
    code: 'TWINFER_UNKNOWN_INPUT',
    message: /'d'/,
  })
  await t.rejects(compare(onnx, [right], { input: named.slice(1) }), {
    code: 'TWINFER_MISSING_INPUT',
    message: /'a'/,
  })
})

t.test('an input that nobody gave is counted with the others', async (t) => {
  const folder = t.testdir()
  const onnx = await twoInputs(folder)
  const gap = ncnnTwo(folder, 'gap', ['in2', 'in1'], ['in1', 'in2'])
  for (const names of [
    ['a', 'b'],
    ['b', 'a', 'c'],
  ]) {
    const input = names.map((name) => `${name}=${join(folder, `${name}.npy`)}`)
    const { exitCode, answer } = await compare(onnx, [gap], { input, layers: true })
    t.equal(exitCode, 0)
    t.same(
      answer.candidates[0]!.inputs.map(({ reference, candidate, by }) => `${reference}=${candidate} ${by}`),
      ['a=in1 number', 'b=in2 number'],
    )
    t.equal(answer.candidates[0]!.layers?.firstDivergence, null)
    const swapped = ncnnTwo(folder, 'swapped', ['in1', 'in2'], ['in2', 'in1'])
    t.equal((await compare(onnx, [swapped], { input })).exitCode, 1, 'one that mixes them up fails')
  }
})

t.test("an original's own in1 and in0 are pnnx's in0 and in1 where only that passes", async (t) => {
  const folder = t.testdir()
  for (const [other, sizes] of [
    ['same', [size, size]],
    ['others', [size, [1, 3, 1, 1]]],
  ] as const) {
    const { kernel, bias } = weight(11, 2)
    const file = join(folder, `${other}.onnx`)
    const nodes: GraphParts['nodes'] = [
      ['Conv', ['in1', 'ka', 'ba'], ['ya']],
      ['Conv', ['in0', 'kb', 'bb'], ['yb']],
      ['Sub', ['ya', 'yb'], ['y']],
    ]
    const second = weight(13, 2)
    const weights: GraphParts['weights'] = [
      ['ka', 'float32', [2, 3, 1, 1], kernel],
      ['ba', 'float32', [2], bias],
      ['kb', 'float32', [2, 3, 1, 1], second.kernel],
      ['bb', 'float32', [2], second.bias],
    ]
    const inputs = ['in1', 'in0'].map((name, i) => [name, 'float32', sizes[i]!] as const)
    await writeFile(file, onnxGraphFile({ nodes, inputs, outputs: ['y'], weights }))
    for (const [i, name] of ['in1', 'in0'].entries()) {
      const length = sizes[i]!.reduce<number>((a, b) => a * b, 1)
      await writeNpy(join(folder, `${name}.npy`), new Tensor(normals(41 + i, length), sizes[i]!))
    }
    const input = ['in0', 'in1'].map((name) => `${name}=${join(folder, `${name}.npy`)}`)
    const converted = ncnnTwo(folder, 'converted', ['in1', 'in0'], ['in0', 'in1'])
    const { exitCode, answer, text } = await compare(file, [converted], { input, layers: true })
    t.equal(exitCode, 0, other)
    t.same(
      answer.candidates[0]!.inputs.map(({ reference, candidate, by }) => `${reference}=${candidate} ${by}`),
      ['in1=in0 number', 'in0=in1 number'],
    )
    t.match(text, /passes with inputs paired by pnnx's numbers, and fails as they are named/)
    const named = ncnnTwo(folder, 'named', ['in0', 'in1'], ['in1', 'in0'])
    const own = await compare(file, [named], { input })
    t.equal(own.exitCode, 0)
    t.notMatch(own.text, /pnnx's numbers/)
  }
})

t.test('outputs that are called by numbers are in the order of the model', async (t) => {
  const folder = t.testdir()
  const onnx = await heads(folder, [
    ['700', 1, 4],
    ['50', 3, 4],
  ])
  const outputs = (first: number, second: number) =>
    ncnnHeads(folder, 'net', [
      ['out1', second, 4],
      ['out0', first, 4],
    ])
  const input = [join(folder, 'x.npy')]
  const { exitCode, answer } = await compare(onnx, [outputs(1, 3)], { input })
  t.equal(exitCode, 0)
  t.same(paired(answer).toSorted(), ['50=out1 number', '700=out0 number'])
  t.match((await compare(onnx, [outputs(3, 1)], { input })).text, /are swapped/)
})

t.test('where the first axis may be a batch, what passes is taken', async (t) => {
  const folder = t.testdir()
  const [items, features, classes] = [4, 10, 6]
  const kernel = normals(51, features * classes)
  const bias = normals(52, classes)
  const layers = (more: readonly string[]) => [
    'Input in0 0 1 in0',
    `InnerProduct ip 1 1 in0 a 0=${classes} 1=1 2=${features * classes}`,
    ...more,
  ]
  // Over the first axis: of one item that is its classes, of [4, 10] the four items.
  for (const [name, last] of [
    ['softmax', 'Softmax s 1 1 a out0 0=0 1=1'],
    ['mean', 'Reduction r 1 1 a out0 0=3 1=0 -23303=1,0 4=1 5=1'],
  ] as const) {
    writeNcnn(join(folder, name), { layers: layers([last]), weights: [{ kernel, bias }] })
    const file = join(folder, `${name}.param`)
    const { open } = await import('../../dist/index.js')
    const model = await open(file, { inputShapes: { in0: [features] }, precision: 'fp32' })
    const x = new Tensor(normals(53, items * features), [items, features])
    const { out0 } = await model.run(x)
    await model.dispose()
    await writeNpy(join(folder, 'x.npy'), x)
    await writeNpy(join(folder, 'expected.npy'), out0!)
    const input = [join(folder, 'x.npy')]
    const { exitCode, text } = await compare(join(folder, 'expected.npy'), [file], { input })
    t.equal(exitCode, 0, name)
    t.match(text, /passes with --input-shape in0=10/)
    // What is right in no reading fails.
    await writeNpy(join(folder, 'wrong.npy'), new Tensor(normals(54, out0!.length), out0!.shape))
    t.equal((await compare(join(folder, 'wrong.npy'), [file], { input })).exitCode, 1)
  }
})

t.test('the reference may be the one that lacks an input', async (t) => {
  const folder = t.testdir()
  const onnx = await twoInputs(folder)
  writeNcnn(join(folder, 'named'), {
    layers: [
      'Input a 0 1 a',
      'Input b 0 1 b',
      convolutionLine('ca', 'a', 'ya', 3, 2),
      convolutionLine('cb', 'b', 'yb', 3, 2),
      'BinaryOp sub 2 1 ya yb y 0=1',
    ],
    weights: [weight(11, 2), weight(13, 2)],
  })
  const input = ['a', 'b', 'c'].map((name) => `${name}=${join(folder, `${name}.npy`)}`)
  t.equal((await compare(join(folder, 'named.param'), [onnx], { input })).exitCode, 0)
})

t.test('a reference in float16 gets its input converted, and is judged as what it is', async (t) => {
  const folder = t.testdir()
  const { kernel, bias } = weight(31, 4)
  const halves = (values: Float32Array) => encodeFloat16(values)
  const file = join(folder, 'half.onnx')
  const graph: GraphParts = {
    nodes: [['Conv', ['x', 'w', 'b'], ['y']]],
    inputs: [['x', 'float16', size]],
    outputs: ['y'],
    weights: [
      ['w', 'float16', [4, 3, 1, 1], halves(kernel)],
      ['b', 'float16', [4], halves(bias)],
    ],
  }
  await writeFile(file, onnxGraphFile(graph))
  const x = normals(33, 60)
  await writeNpy(join(folder, 'x.npy'), new Tensor(x, size))
  await writeNpy(join(folder, 'x16.npy'), new Tensor(halves(x), size, { dtype: 'float16' }))
  await writeNpy(join(folder, 'x64.npy'), new Tensor(Float64Array.from(x), size))
  const candidate = (stem: string, change: (value: number) => number) => {
    const layers = ['Input in0 0 1 in0', convolutionLine('conv', 'in0', 'out0', 3, 4)]
    writeNcnn(join(folder, stem), { layers, weights: [{ kernel: kernel.map(change), bias }] })
    return join(folder, `${stem}.param`)
  }
  const right = candidate('right', (value) => value)
  for (const name of ['x', 'x16', 'x64']) {
    const { exitCode, answer } = await compare(file, [right], { input: [join(folder, `${name}.npy`)] })
    t.equal(exitCode, 0, name)
    t.match(answer.reference.effective, { precision: 'fp16', notes: [/float16/] })
    t.match(answer.candidates[0]!.judgedAs, { precision: 'fp16', because: /reference/ })
  }
  const { text } = await compare(file, [right], { input: [join(folder, 'x.npy')] })
  t.match(text, /converted float32 to float16/)
  // Half a percent is no rounding of fp16.
  const wrong = candidate('wrong', (value) => value * 1.005)
  t.equal((await compare(file, [wrong], { input: [join(folder, 'x.npy')] })).exitCode, 1)

  t.test('weights that are cast to float32 first are computed with in fp32', async (t) => {
    const cast: GraphParts = {
      ...graph,
      nodes: [
        ['Cast', ['w'], ['w32'], { to: 1 }],
        ['Cast', ['b'], ['b32'], { to: 1 }],
        ['Conv', ['x', 'w32', 'b32'], ['y']],
      ],
      inputs: [['x', 'float32', size]],
    }
    await writeFile(join(folder, 'cast.onnx'), onnxGraphFile(cast))
    const { answer } = await compare(join(folder, 'cast.onnx'), [right], { input: [join(folder, 'x.npy')] })
    t.equal(answer.reference.effective?.precision, 'fp32')
    t.equal(answer.candidates[0]!.judgedAs?.precision, 'fp32')
  })

  t.test('too large a value for float16 is refused', async (t) => {
    await writeNpy(join(folder, 'large.npy'), new Tensor(new Float32Array(60).fill(1e6), size))
    await t.rejects(compare(file, [right], { input: [join(folder, 'large.npy')] }), {
      code: 'TWINFER_DTYPE_MISMATCH',
    })
  })
})
