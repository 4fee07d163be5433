import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { convolutionFile } from '../helpers/mnnFile.js'
import { type GraphParts, onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { seededRandom } from '../helpers/seededRandom.js'

const [outputs, inputs] = [12, 8]
const random = seededRandom(5)
const normal = () => random() + random() + random() - 1.5
const weights = Float32Array.from({ length: outputs * inputs }, normal)

/** `y = conv(x)` of 1x1, with a batch norm behind it where scales are given. */
function source(scales?: readonly number[]): GraphParts {
  const ones = new Float32Array(outputs).fill(1)
  const zeros = new Float32Array(outputs)
  return {
    inputs: [['x', 'float32', [1, inputs, 4, 4]]],
    outputs: ['y'],
    nodes: scales
      ? [
          ['Conv', ['x', 'w'], ['c']],
          ['BatchNormalization', ['c', 'scale', 'zeros', 'zeros', 'ones'], ['y']],
        ]
      : [['Conv', ['x', 'w'], ['y']]],
    constants: [
      ['w', [outputs, inputs, 1, 1], weights],
      ['scale', [outputs], scales ?? ones],
      ['zeros', [outputs], zeros],
      ['ones', [outputs], ones],
    ],
  }
}

function half(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer)
  const exponent = ((bits >>> 23) & 255) - 112
  const sign = (bits >>> 16) & 0x8000
  if (exponent <= 0) return sign | Math.min(1023, Math.round(Math.abs(value) * 2 ** 24))
  return sign | (exponent << 10) | ((bits >>> 13) & 1023)
}

const files = {
  'ncnn, fp32': (folder: string, values: Float32Array) =>
    ncnn(folder, Buffer.concat([Buffer.alloc(4), Buffer.from(values.buffer)])),
  'ncnn, fp16': (folder: string, values: Float32Array) =>
    ncnn(
      folder,
      Buffer.concat([
        Buffer.from([0x47, 0x6b, 0x30, 0x01]),
        Buffer.from(Uint16Array.from(values, half).buffer),
      ]),
    ),
  MNN: (folder: string, values: Float32Array) => {
    const layer = { inputs, outputs, weights: [...values], biases: Array.from({ length: outputs }, () => 0) }
    const file = join(folder, 'net.mnn')
    writeFileSync(file, convolutionFile([1, inputs, 4, 4], layer))
    return file
  },
}

function ncnn(folder: string, bin: Uint8Array): string {
  const lines = [
    `Input x 0 1 x 0=4 1=4 2=${inputs}`,
    `Convolution conv 1 1 x y 0=${outputs} 1=1 6=${weights.length}`,
  ]
  writeFileSync(join(folder, 'net.param'), `7767517\n2 2\n${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'net.bin'), bin)
  return join(folder, 'net.param')
}

async function findingsOf(t: Test, graph: GraphParts, make: (folder: string) => string) {
  const folder = t.testdirName
  mkdirSync(folder, { recursive: true })
  const against = join(folder, 'net.onnx')
  writeFileSync(against, onnxGraphFile(graph))
  return (await check(make(folder), { against })).findings
}

const channel = 7
const isInside = (index: number) => Math.floor(index / inputs) === channel

for (const [name, file] of Object.entries(files)) {
  t.test(`${name}: a channel that the converted file alone lost is damage`, async (t) => {
    t.testdir()
    const damages: Record<string, (value: number) => number> = {
      zero: () => 0,
      'next to zero': (value) => value * (name.includes('fp16') ? 1e-6 : 1e-40),
    }
    for (const [how, damage] of Object.entries(damages)) {
      const values = weights.map((value, i) => (isInside(i) ? damage(value) : value))
      const findings = await findingsOf(t, source(), (folder) => file(folder, values))
      const message = /^1 of 12 channels of 'conv' are zero, or next to it, and alive in 'w', the first is 7$/
      t.match(findings, [{ code: 'weights-differ', severity: 'error', layer: 'conv', message }], how)
    }
    const sound = await findingsOf(t, source(), (folder) => file(folder, weights))
    t.strictSame(sound, [])
  })

  t.test(`${name}: however many channels were lost, they are not the norm`, async (t) => {
    t.testdir()
    const next = name.includes('fp16') ? 1e-7 : 1e-40
    for (const lost of [6, 7, outputs]) {
      const values = weights.map((value, i) => (Math.floor(i / inputs) < lost ? value * next : value))
      const findings = await findingsOf(t, source(), (folder) => file(folder, values))
      const errors = findings.filter(({ severity }) => severity === 'error')
      const message = new RegExp(
        `^${lost} of 12 channels of 'conv' are zero, or next to it, and alive in 'w'`,
      )
      t.match(errors, [{ code: 'weights-differ', message }], `${lost}`)
      // A batch norm that the converter folded explains the same.
      const scales = Array.from({ length: outputs }, (_, i) => (i < lost ? next : 1))
      const sound = await findingsOf(t, source(scales), (folder) => file(folder, values))
      t.strictSame(
        sound.filter(({ code }) => code === 'weights-differ'),
        [],
        `${lost}, as in the source`,
      )
    }
    const scaled = await findingsOf(t, source(), (folder) =>
      file(
        folder,
        weights.map((value) => value / 255),
      ),
    )
    t.strictSame(scaled, [], 'a factor that is not known')
  })

  t.test(`${name}: channels that a batch norm makes dead are dead in both`, async (t) => {
    t.testdir()
    for (const dead of [0, 1e-40, -1e-30, 1e-9]) {
      const scales = Array.from({ length: outputs }, (_, i) => (i === channel ? dead : 1 + (i % 3)))
      const folded = weights.map((value, i) => value * scales[Math.floor(i / inputs)]!)
      const findings = await findingsOf(t, source(scales), (folder) => file(folder, folded))
      // Denormal values are a remark.
      const accused = findings.filter(({ severity }) => severity !== 'info')
      t.strictSame(accused, [], `scaled by ${dead}`)
    }
    const scales = Array.from({ length: outputs }, (_, i) => 1 + (i % 3))
    const lost = weights.map((value, i) => (isInside(i) ? 0 : value * scales[Math.floor(i / inputs)]!))
    const findings = await findingsOf(t, source(scales), (folder) => file(folder, lost))
    t.match(findings, [{ code: 'weights-differ', severity: 'error' }], 'a channel that lives behind the norm')
  })
}

t.test('a layer without any weight left is damage, and takes no innocent one along', async (t) => {
  t.testdir()
  const second = Float32Array.from({ length: outputs * inputs }, normal)
  const graph: GraphParts = {
    inputs: [['x', 'float32', [1, inputs, 4, 4]]],
    outputs: ['y', 'z'],
    nodes: [
      ['Conv', ['x', 'v'], ['y']],
      ['Conv', ['x', 'w'], ['z']],
    ],
    constants: [
      ['v', [outputs, inputs, 1, 1], second],
      ['w', [outputs, inputs, 1, 1], weights],
    ],
  }
  const lines = [
    `Input x 0 1 x 0=4 1=4 2=${inputs}`,
    'Split s 1 2 x a b',
    `Convolution first 1 1 a y 0=${outputs} 1=1 6=${weights.length}`,
    `Convolution second 1 1 b z 0=${outputs} 1=1 6=${weights.length}`,
  ]
  const save = (values: readonly Float32Array[]) => (folder: string) => {
    writeFileSync(join(folder, 'net.param'), `7767517\n4 5\n${lines.join('\n')}\n`)
    const blocks = values.flatMap((each) => [Buffer.alloc(4), Buffer.from(each.buffer)])
    writeFileSync(join(folder, 'net.bin'), Buffer.concat(blocks))
    return join(folder, 'net.param')
  }
  const errors = async (values: readonly Float32Array[]) =>
    (await findingsOf(t, graph, save(values))).filter(({ severity }) => severity === 'error')
  t.strictSame(await errors([second, weights]), [])
  const found = await errors([second.map(() => 0), weights])
  t.match(found, [{ code: 'weights-differ', layer: 'first', message: /all zero, those of 'v'/ }])
  t.equal(found.length, 1)
})

t.test('values in another order are not compared; other values are no match', async (t) => {
  t.testdir()
  const shuffled = weights.toSorted((a, b) => Math.sin(a * 1e5) - Math.sin(b * 1e5))
  const reordered = await findingsOf(t, source(), (folder) => files.MNN(folder, shuffled))
  const message = /^the weights of 'conv' are those of 'w' in another order/
  t.match(reordered, [{ code: 'weights-unmatched', severity: 'info', message }])
  const others = await findingsOf(t, source(), (folder) => files.MNN(folder, weights.map(normal)))
  t.match(others, [{ code: 'weights-differ', severity: 'error', message: /in any order$/ }])
})

t.test(
  'recurrent weights are found by direction; what is made of them otherwise is not accused',
  async (t) => {
    t.testdir()
    const hidden = outputs / 3
    const both = Float32Array.from({ length: 2 * outputs * inputs }, normal)
    const graph: GraphParts = {
      inputs: [['x', 'float32', [5, 1, inputs]]],
      outputs: ['y'],
      nodes: [['GRU', ['x', 'W', 'R'], ['y']]],
      constants: [
        ['W', [2, outputs, inputs], both],
        // As many values as one direction of W: it must not be taken for it.
        ['R', [2, outputs, hidden], Float32Array.from({ length: 2 * outputs * hidden }, normal)],
      ],
    }
    const ofWeights = async (values: Float32Array) =>
      (await findingsOf(t, graph, (folder) => files.MNN(folder, values))).filter(({ code }) =>
        code.startsWith('weights'),
      )
    const backward = both.slice(outputs * inputs)
    t.strictSame(await ofWeights(backward), [], 'the second direction')
    // z r h to r z h, as ncnn and others have them.
    const gate = hidden * inputs
    const swapped = Float32Array.of(
      ...backward.subarray(gate, 2 * gate),
      ...backward.subarray(0, gate),
      ...backward.subarray(2 * gate),
    )
    t.strictSame(await ofWeights(swapped), [], 'with its gates in another order')
    const unknown = await ofWeights(weights.map(normal))
    t.match(unknown, [{ code: 'weights-unmatched', severity: 'info' }])
    t.equal(unknown.length, 1)
  },
)

t.test('other inputs alone are a remark; with other weights it is another model', async (t) => {
  t.testdir()
  const graph = source()
  const wider: GraphParts = { ...graph, inputs: [['x', 'float32', [1, inputs, 6, 6]]] }
  const severities = async (parts: GraphParts, values: Float32Array) =>
    (await findingsOf(t, parts, (folder) => files.MNN(folder, values)))
      .filter(({ code }) => code === 'inputs-differ')
      .map(({ severity }) => severity)
  t.strictSame(await severities(wider, weights), ['warning'])
  t.strictSame(await severities(wider, weights.map(normal)), ['error'])
  const unread: GraphParts = { ...graph, inputs: [...graph.inputs, ['unread', 'float32', [1, 2]]] }
  t.strictSame(await severities(unread, weights), [], 'an input that nothing reads is dropped by converters')
})

const lowest = -3.4028234663852886e38
for (const extreme of [Number.NEGATIVE_INFINITY, lowest, -1e9]) {
  t.test(`${extreme} in a mask is meant; alone among other values it is not`, async (t) => {
    t.testdir()
    const mask = Float32Array.from({ length: 16 }, (_, i) => (i % 4 > i / 4 ? extreme : 0))
    const constant = (values: Float32Array) => (folder: string) => {
      const lines = ['Input x 0 1 x 0=4 1=4', 'MemoryData mask 0 1 m 0=4 1=4', 'BinaryOp add 2 1 x m y 0=0']
      writeFileSync(join(folder, 'net.param'), `7767517\n3 3\n${lines.join('\n')}\n`)
      writeFileSync(join(folder, 'net.bin'), Buffer.from(values.buffer))
      return join(folder, 'net.param')
    }
    const graph = (values: Float32Array): GraphParts => ({
      inputs: [['x', 'float32', [4, 4]]],
      outputs: ['y'],
      nodes: [['Add', ['x', 'm'], ['y']]],
      constants: [['m', [4, 4], values]],
    })
    const severities = async (values: Float32Array, inSource: Float32Array) =>
      (await findingsOf(t, graph(inSource), constant(values))).map(({ severity }) => severity)
    t.strictSame(await severities(mask, mask), ['info'])
    t.strictSame(
      await severities(mask, new Float32Array(16)),
      ['info'],
      'without the source it shows as well',
    )
    const varied = mask.map((_, i) => (i === 5 ? extreme : normal()))
    t.strictSame(await severities(varied, varied), ['info'], 'as the source has it')
    const wanted = Number.isFinite(extreme) ? 'warning' : 'error'
    t.strictSame(await severities(varied, varied.map(normal)), [wanted], 'and as it has not')
  })
}
