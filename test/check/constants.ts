import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { blobParameter, convolutionParameter, inputParameter, mnnFile, opType } from '../helpers/mnnFile.js'
import { normals } from '../helpers/ncnnFile.js'
import { type GraphParts, onnxGraphFile } from '../helpers/onnxGraphFile.js'

const [height, width] = [6, 10]
const matrix = normals(3, height * width)

/** Constants as each engine holds them: what is computed with them does not matter to a check of their values. */
const files = {
  ncnn: (folder: string, values: Float32Array, [rows, columns]: readonly number[]) => {
    const lines = ['Input x 0 1 x', `MemoryData m 0 1 m 0=${columns} 1=${rows}`, 'MatMul mm 2 1 m x y']
    writeFileSync(join(folder, 'net.param'), `7767517\n3 3\n${lines.join('\n')}\n`)
    writeFileSync(join(folder, 'net.bin'), Buffer.from(values.buffer))
    return join(folder, 'net.param')
  },
  'mnn Const': (folder: string, values: Float32Array, shape: readonly number[]) => {
    const operators = [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1]) },
      { type: opType.Const, name: 'm', outputs: [1], parameter: blobParameter(shape, [...values]) },
    ]
    writeFileSync(join(folder, 'net.mnn'), mnnFile({ tensors: ['x', 'm'], operators }))
    return join(folder, 'net.mnn')
  },
  'mnn body': (folder: string, values: Float32Array, [outputs = 1, inputs = 1]: readonly number[]) => {
    const layer = { inputs, outputs, weights: [...values], biases: Array<number>(outputs).fill(0) }
    const convolution = {
      type: opType.Convolution,
      name: 'm',
      inputs: [0],
      outputs: [1],
      parameter: convolutionParameter(layer),
    }
    const operators = [{ type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1]) }]
    const subgraphs = [{ tensors: ['a', 'b'], operators: [convolution] }]
    writeFileSync(join(folder, 'net.mnn'), mnnFile({ tensors: ['x'], operators, subgraphs }))
    return join(folder, 'net.mnn')
  },
}

type Format = keyof typeof files

const sources = {
  left: (values: Float32Array): GraphParts => product(['w', 'x'], values, [height, width]),
  right: (values: Float32Array): GraphParts => product(['x', 'w'], values, [height, width]),
  table: (values: Float32Array): GraphParts => ({
    inputs: [['x', 'int64', [3]]],
    outputs: ['y'],
    nodes: [['Gather', ['w', 'x'], ['y']]],
    constants: [['w', [height, width], values]],
  }),
  recurrent: (values: Float32Array): GraphParts => ({
    inputs: [['x', 'float32', [2, 1, width]]],
    outputs: ['y'],
    nodes: [['RNN', ['x', 'w'], ['y']]],
    constants: [['w', [1, height, width], values]],
  }),
}

function product(operands: readonly string[], values: Float32Array, shape: readonly number[]): GraphParts {
  return {
    inputs: [['x', 'float32', [4, 4]]],
    outputs: ['y'],
    nodes: [['MatMul', operands, ['y']]],
    constants: [['w', shape, values]],
  }
}

async function differing(
  t: Test,
  format: Format,
  values: Float32Array,
  graph: GraphParts,
  shape: readonly number[] = [height, width],
): Promise<readonly string[]> {
  const folder = t.testdir()
  const against = join(folder, 'net.onnx')
  writeFileSync(against, onnxGraphFile(graph))
  const { findings } = await check(files[format](folder, values, shape), { against })
  return findings.filter(({ code }) => /^weights-/.test(code)).map(({ message }) => message)
}

const row = (index: number) => Math.floor(index / width)
const column = (index: number) => index % width

function turned(values: Float32Array): Float32Array {
  return values.map((_, i) => values[(i % height) * width + Math.floor(i / height)]!)
}

for (const format of Object.keys(files) as Format[]) {
  t.test(`${format}: rows and columns that only the converted file lost are damage`, async (t) => {
    for (const [name, source] of Object.entries(sources)) {
      const graph = source(matrix)
      t.strictSame(await differing(t, format, matrix, graph), [], name)
      for (const factor of [0, 1e-40]) {
        const rows = matrix.map((value, i) => (row(i) === 4 ? value * factor : value))
        const what = `${name}, times ${factor}`
        t.match(
          await differing(t, format, rows, graph),
          [/^1 of 6 rows of 'm' .* alive in 'w', the first is 4$/],
          what,
        )
        const columns = matrix.map((value, i) => (column(i) >= 8 ? value * factor : value))
        const said = await differing(t, format, columns, graph)
        t.match(said, [/^2 of 10 columns of 'm' .* alive in 'w', the first is 8$/], what)
      }
      const most = matrix.map((value, i) => (row(i) < 5 ? value * 1e-40 : value))
      t.match(await differing(t, format, most, graph), [/^5 of 6 rows/], name)
      const all = matrix.map((value) => value * 1e-40)
      t.match(await differing(t, format, all, graph), [/^6 of 6 rows/], name)
    }
  })

  t.test(`${format}: turned, it has lost its columns in rows`, async (t) => {
    const shape = [width, height]
    const graph = sources.left(matrix)
    t.strictSame(await differing(t, format, turned(matrix), graph, shape), [])
    const lost = turned(matrix).map((value, i) => (Math.floor(i / height) === 7 ? 0 : value))
    t.match(await differing(t, format, lost, graph, shape), [/^1 of 10 rows of 'm' .* the first is 7$/])
  })

  t.test(`${format}: an operand that is all zero is nobody else`, async (t) => {
    const zeros = new Float32Array(matrix.length)
    t.match(await differing(t, format, zeros, sources.left(matrix)), [/^the values of 'm' are all zero/])
    t.strictSame(await differing(t, format, zeros, sources.left(zeros)), [], 'as in the source')
    t.strictSame(await differing(t, format, zeros, sources.table(matrix)), [], 'a state that starts at zero')
  })

  t.test(`${format}: what the source has, and what a converter made, is not accused`, async (t) => {
    const dead = matrix.map((value, i) => (row(i) === 0 || column(i) === 3 ? 0 : value))
    t.strictSame(await differing(t, format, dead, sources.left(dead)), [], 'dead in both')
    const denormal = matrix.map((value, i) => (row(i) === 0 ? value * 1e-40 : value))
    t.strictSame(await differing(t, format, denormal, sources.table(denormal)), [], 'denormal in both')
    const ones = new Float32Array(matrix.length).fill(1)
    const mask = ones.map((_, i) => (row(i) < 2 ? 0 : 1))
    t.strictSame(await differing(t, format, mask, sources.left(ones)), [], 'a mask beside ones')
    t.strictSame(await differing(t, format, mask, sources.left(matrix)), [], 'a mask beside a matrix')
    const other = normals(8, matrix.length).map((value, i) => (row(i) === 1 ? 0 : value))
    t.strictSame(await differing(t, format, other, sources.left(matrix)), [], 'values of its own')
    const small = normals(9, 12).map((value, i) => (i < 4 ? 0 : value))
    t.strictSame(await differing(t, format, small, sources.left(matrix), [3, 4]), [], 'another size')
  })
}
