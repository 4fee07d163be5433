import t from 'tap'
import { Tensor } from 'twinfer'
import { openLayers, tagged } from '../helpers/ncnnModel.js'

const values = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i * 0.7))
const batchOf = (n: number, item: readonly number[]) => {
  const shape = [n, ...item]
  return new Tensor(Float32Array.from(values(shape.reduce((a, b) => a * b, 1))), shape)
}
const input = 'Input in0 0 1 in0'

const networks: Readonly<Record<string, [item: number[], layers: string[], weights?: number[]]>> = {
  'a convolution and a head': [
    [3, 7, 5],
    [
      'Convolution c 1 1 in0 x 0=5 1=1 5=1 6=15',
      'Pooling g 1 1 x y 0=1 4=1',
      'Reshape r 1 1 y out0 0=1 1=1 2=5',
    ],
    [...tagged(...values(15)), ...values(5)],
  ],
  'rows of an odd size, and two outputs': [
    [3, 7],
    [
      'Split s 1 2 in0 a b',
      'Softmax m 1 1 a out0 0=0 1=1',
      'Reduction r 1 1 b out1 0=3 1=0 -23303=1,1 4=0 5=1',
      'BatchNorm n 1 1 out0 out2 0=3',
    ],
    values(12).map(Math.abs),
  ],
  'a recurrent layer': [
    [6, 3],
    ['LSTM l 1 1 in0 out0 0=2 1=24 2=0'],
    [...tagged(...values(24)), ...tagged(...values(8)), ...tagged(...values(16))],
  ],
  volumes: [[2, 3, 4, 5], ['Convolution3D c 1 1 in0 out0 0=2 1=1 5=0 6=4'], tagged(...values(4))],
}
for (const [name, [item, layers, weights = []]] of Object.entries(networks)) {
  for (const precision of ['fp32', 'fp16', 'bf16'] as const) {
    t.test(`a batch is its items, stacked: ${name}, ${precision}`, async (t) => {
      const x = batchOf(4, item)
      // What a batch of rows is, the network leaves open.
      await using model = await openLayers([input, ...layers], weights, {
        precision,
        inputShapes: { in0: item },
      })
      const results = await model.run(x)
      t.match(model.effective.notes.join('\n'), /the batch of 4 ran item by item/)
      const size = x.data.length / 4
      for (let i = 0; i < 4; i++) {
        const single = await model.run(
          new Tensor(x.data.slice(i * size, (i + 1) * size) as Float32Array, item),
        )
        for (const output of Object.keys(single)) {
          const each = single[output]!
          const all = results[output]!
          t.same(all.shape, [4, ...each.shape])
          t.same(
            all.data.slice(i * each.data.length, (i + 1) * each.data.length),
            each.data,
            `${output} of item ${i}`,
          )
        }
      }
      t.notMatch(model.effective.notes.join('\n'), /item by item/, 'the note is of the last run')
    })
  }
}

t.test('a batch goes into the given arrays, and inputs without a batch serve every item', async (t) => {
  await using model = await openLayers(
    [
      'Input a 0 1 a',
      'Input b 0 1 b',
      'BinaryOp m 2 1 a b x 0=2',
      'Convolution c 1 1 x out0 0=1 1=1 5=0 6=3',
    ],
    tagged(1, 1, 1),
  )
  const a = batchOf(2, [3, 2, 2])
  const b = new Tensor(Float32Array.from([1, 2, 3]), [3])
  const into = new Float32Array(8)
  const { out0 } = await model.run({ a, b }, { outputs: { out0: into } })
  t.equal(out0!.data, into)
  t.same(out0!.shape, [2, 1, 2, 2])
  const at = (n: number, c: number, i: number) => a.data[(n * 3 + c) * 4 + i] as number
  for (let n = 0; n < 2; n++)
    for (let i = 0; i < 4; i++)
      t.ok(Math.abs(into[n * 4 + i]! - (at(n, 0, i) + 2 * at(n, 1, i) + 3 * at(n, 2, i))) < 1e-5)
  await t.rejects(model.run({ a, b }, { outputs: { out0: new Float32Array(4) } }), {
    code: 'TWINFER_LENGTH_MISMATCH',
  })
  await t.rejects(model.run({ a, b: batchOf(3, [3]) }), { code: 'TWINFER_SHAPE_MISMATCH' }, 'two batch sizes')
})

t.test('words for an Embed come in batches as well', async (t) => {
  await using model = await openLayers(
    [input, 'Embed e 1 1 in0 out0 0=2 1=4 2=0 3=8'],
    tagged(0, 1, 10, 11, 20, 21, 30, 31),
  )
  const { out0 } = await model.run(new Tensor(Int32Array.from([3, 1, 0, 2, 2, 1]), [2, 3]))
  t.same(out0!.shape, [2, 3, 2])
  t.same([...out0!.data], [30, 31, 10, 11, 0, 1, 20, 21, 20, 21, 10, 11])
  const row = await model.run(new Tensor(Int32Array.from([3, 1]), [1, 2]))
  t.same([...row.out0!.data], [30, 31, 10, 11])
})

t.test(
  'items that find different numbers of things have no common shape, and the error says so',
  async (t) => {
    await using model = await openLayers([
      input,
      'Yolov3DetectionOutput d 1 1 in0 out0 0=1 1=1 2=0.5 -23304=2,8.0,8.0 -23305=1,0.0 -23306=1,8.0',
    ])
    const x = batchOf(2, [6, 1, 1])
    x.data.fill(-9 as never)
    ;(x.data as Float32Array).set([0, 0, 0, 0, 9, 9], 6)
    await t.rejects(model.run(x), {
      code: 'TWINFER_SHAPE_MISMATCH',
      message: /one shape from every item.*\[0,6\] and \[1,6\]/,
    })
  },
)

t.test('an input that is there once goes with every item of a batch', async (t) => {
  await using model = await openLayers([input, 'Input in1 0 1 in1', 'BinaryOp add 2 1 in0 in1 out0 0=0'])
  const [many, one] = [batchOf(4, [3, 6, 6]), batchOf(1, [3, 6, 6])]
  const { out0 } = await model.run({ in0: many, in1: one })
  t.same(out0!.shape, [4, 3, 6, 6])
  const wanted = [...many.data].map((value, i) => Math.fround(Number(value) + Number(one.data[i % 108])))
  t.same([...out0!.data], wanted)
})

t.test('rows beside a batch of images are its items, a single row goes with each', async (t) => {
  const layers = ['Pooling g 1 1 in0 x 0=1 4=1', 'Concat c 2 1 x in1 out0 0=0']
  await using model = await openLayers([input, 'Input in1 0 1 in1', ...layers])
  const images = batchOf(4, [3, 6, 6])
  for (const rows of [batchOf(4, [5]), batchOf(1, [5])]) {
    const { out0 } = await model.run({ in0: images, in1: rows })
    t.same(out0!.shape, [4, 8])
    for (let item = 0; item < 4; item++) {
      const row = (rows.shape[0] === 1 ? 0 : item) * 5
      t.same([...out0!.data].slice(item * 8 + 3, item * 8 + 8), [...rows.data].slice(row, row + 5))
    }
  }
})

t.test('inputs whose batches differ are told so', async (t) => {
  const layers = ['Pooling g 1 1 in0 x 0=1 4=1', 'Concat c 2 1 x in1 out0 0=0']
  await using model = await openLayers([input, 'Input in1 0 1 in1', ...layers])
  await t.rejects(model.run({ in0: batchOf(2, [3, 6, 6]), in1: batchOf(3, [5]) }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    help: /\[2,3,6,6\], \[3,5\] do not agree in their leading sizes/,
  })
})
