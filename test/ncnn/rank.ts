import t from 'tap'
import { type Model, Tensor } from 'twinfer'
import { Mat } from 'twinfer/ncnn'
import { netOf, openLayers, tagged } from '../helpers/ncnnModel.js'

const counted = (shape: readonly number[]) =>
  new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i) + i / 16),
    shape,
  )
const input = 'Input in0 0 1 in0'
const conv = (from: string, to: string) => `Convolution c 1 1 ${from} ${to} 0=2 1=3 5=1 6=18`
const convWeights = [...tagged(...Array.from({ length: 18 }, (_, i) => (i - 9) / 10)), 0.5, -0.5]

/** What the direct bindings give for these dimensions: nothing is read there. */
function withDimensions(
  layers: readonly string[],
  x: Tensor,
  dimensions: readonly number[],
  weights: number[] = [],
) {
  const extractor = netOf(layers, weights).createExtractor()
  extractor.input('in0', Mat.from(x.data as Float32Array, dimensions))
  const out = extractor.extract('out0')
  return { shape: out.shape, data: out.toFloat32Array() }
}

const notesOf = (model: Model) => model.effective.notes.filter((note) => note.startsWith("input '"))

const grey: Readonly<Record<string, [layers: string[], weights?: number[]]>> = {
  'Pooling first': [[input, 'Pooling p 1 1 in0 x 0=1 1=2 2=2', conv('x', 'out0')], convWeights],
  'global Pooling': [[input, 'Pooling p 1 1 in0 out0 0=1 4=1']],
  'adaptive Pooling': [[input, 'Pooling p 1 1 in0 out0 0=0 7=1 8=3']],
  'Interp before a Convolution': [
    [input, 'Interp i 1 1 in0 x 0=2 1=2.0 2=2.0', conv('x', 'out0')],
    convWeights,
  ],
  'Slice and Concat on rows': [
    [input, 'Slice s 1 2 in0 a b -23300=2,4,-233 1=1', 'Concat c 2 1 b a out0 0=1'],
  ],
  'Reduction of both image axes': [[input, 'Reduction r 1 1 in0 out0 0=3 1=0 -23303=2,1,2 4=0 5=1']],
  'Padding before Pooling': [
    [input, 'Padding q 1 1 in0 x 0=1 1=1 2=1 3=1', 'Pooling p 1 1 x out0 0=0 1=2 2=2'],
  ],
  Permute: [[input, 'Permute p 1 1 in0 out0 0=3']],
  PixelShuffle: [
    [input, conv('in0', 'y'), 'Reorg r 1 1 y x 0=2', 'PixelShuffle p 1 1 x out0 0=2'],
    convWeights,
  ],
  'MVN and ReLU': [[input, 'MVN m 1 1 in0 x 0=1', 'ReLU r 1 1 x out0']],
}
for (const [name, [layers, weights = []]] of Object.entries(grey)) {
  t.test(`[1,8,8] is one channel: ${name}`, async (t) => {
    const x = counted([1, 8, 8])
    const expected = withDimensions(layers, x, [1, 8, 8], weights)
    await using model = await openLayers(layers, weights)
    for (const shape of [
      [1, 8, 8],
      [1, 1, 8, 8],
    ]) {
      const { out0 } = await model.run(new Tensor(x.data, shape))
      t.same(out0!.shape, expected.shape, `as [${shape}]`)
      t.same(out0!.data, expected.data)
      t.ok((out0!.data as Float32Array).every(Number.isFinite))
    }
  })
}

t.test('a leading 1 goes where the network is impossible with it', async (t) => {
  const inner = ['InnerProduct f 1 1 in0 x 0=4 1=0 2=32', 'Softmax s 1 1 x out0 0=0 1=1']
  const weights = tagged(...Array.from({ length: 32 }, (_, i) => Math.cos(i)))
  for (const [layers, bin, shape, dimensions] of [
    [[input, 'BatchNorm b 1 1 in0 out0 0=8'], Array.from({ length: 32 }, (_, i) => i + 1), [1, 8], [8]],
    [[input, ...inner], weights, [1, 8], [8]], // a softmax over one value would be 1
    [[input, conv('in0', 'out0')], convWeights, [1, 1, 6, 6], [1, 6, 6]],
    [[input, 'LSTM l 1 1 in0 out0 0=2 1=24 2=0'], lstm(), [1, 5, 3], [5, 3]],
  ] as const) {
    const x = counted(shape)
    await using model = await openLayers(layers, bin)
    const { out0 } = await model.run(x)
    t.same({ shape: out0!.shape, data: out0!.data }, withDimensions(layers, x, dimensions, [...bin]))
  }
})

t.test('states of [1,128] are rows, unless what follows needs a vector', async (t) => {
  const layers = ['Input a 0 1 a', 'Input b 0 1 b', 'Concat c 2 1 a b out0 0=0']
  const [a, b] = [counted([1, 128]), counted([1, 128])]
  {
    await using model = await openLayers(layers)
    const { out0 } = await model.run({ a, b })
    t.same(out0!.shape, [2, 128])
    t.match(notesOf(model), [/'a': read as \[1,128\].*\[128\].*--input-shape a=128/, /'b'/])
  }
  await using declared = await openLayers(layers, [], { inputShapes: { a: [128], b: [128] } })
  const { out0 } = await declared.run({ a, b })
  t.same(out0!.shape, [256])
  t.same(notesOf(declared), [], 'who declares a shape needs no note')
  await using needed = await openLayers(
    [...layers.slice(0, 2), 'Concat c 2 1 a b x 0=0', 'BatchNorm n 1 1 x out0 0=256'],
    Array(1024).fill(1),
  )
  t.same((await needed.run({ a, b })).out0!.shape, [256])
})

t.test('the rank that an Input layer notes decides between readings that are both possible', async (t) => {
  const layers = (hint: string) => [`${input} ${hint}`, 'Softmax s 1 1 in0 out0 0=0 1=1']
  const x = counted([1, 4, 6])
  await using three = await openLayers(layers('0=6 1=4 2=1'))
  t.same((await three.run(x)).out0!.shape, [1, 4, 6])
  await using two = await openLayers(layers('0=6 1=4'))
  t.same((await two.run(x)).out0!.shape, [4, 6])
})

t.test('four dimensions are for volumes: elsewhere the first is a batch', async (t) => {
  const x = counted([1, 3, 4, 5])
  await using image = await openLayers([input, 'ReLU r 1 1 in0 out0'])
  t.same((await image.run(x)).out0!.shape, [3, 4, 5])
  t.same(notesOf(image), [], 'both ways give the same numbers')
  const volume = ['Convolution3D c 1 1 in0 out0 0=1 1=1 5=0 6=1']
  await using depth = await openLayers([input, ...volume], tagged(2))
  t.same((await depth.run(x)).out0!.shape, [1, 3, 4, 5])
  await using pool = await openLayers([input, 'Pooling3D p 1 1 in0 out0 0=0 1=1'])
  t.same((await pool.run(x)).out0!.shape, [1, 3, 4, 5])
  await using declared = await openLayers([input, 'Flip f 1 1 in0 out0 0=1,'], [], {
    inputShapes: { in0: [1, 3, 4, 5] },
  })
  t.same((await declared.run(x)).out0!.shape, [1, 3, 4, 5])
})

t.test('no layer gets fewer dimensions than it reads', async (t) => {
  for (const layer of [
    'Pooling p 1 1 in0 out0 0=1 1=2 2=2',
    'PixelShuffle p 1 1 in0 out0 0=2',
    'ShuffleChannel p 1 1 in0 out0 0=2',
  ]) {
    await using model = await openLayers([input, layer])
    await t.rejects(model.run(counted([8, 8])), {
      code: 'TWINFER_SHAPE_MISMATCH',
      message: /'p'.*dimensions.*\[8,8\]/,
    })
    const extractor = netOf([input, layer]).createExtractor()
    extractor.input('in0', Mat.from(counted([8, 8]).data as Float32Array, [8, 8]))
    t.throws(
      () => extractor.extract('out0'),
      { code: 'TWINFER_SHAPE_MISMATCH' },
      'the direct bindings as well',
    )
  }
  const middle = netOf([input, 'ReLU r 1 1 in0 x', 'Pooling p 1 1 x out0 0=1 1=2 2=2']).createExtractor()
  middle.input('x', Mat.from(counted([8, 8]).data as Float32Array, [8, 8]))
  t.throws(() => middle.extract('out0'), { code: 'TWINFER_SHAPE_MISMATCH' }, 'for a blob in the middle too')
})

t.test('the error is that of the reading that came furthest', async (t) => {
  await using model = await openLayers(
    [input, conv('in0', 'x'), 'Reshape r 1 1 x out0 0=64 1=5'],
    convWeights,
  )
  for (const shape of [
    [1, 8, 8],
    [1, 1, 8, 8],
  ])
    await t.rejects(model.run(counted(shape)), { message: /layer 'r' .*72 elements/ }, `[${shape}]`)
  await using large = await openLayers(
    [input, conv('in0', 'x'), 'Interp i 1 1 x out0 0=1 1=9999.0 2=9999.0'],
    convWeights,
  )
  await t.rejects(large.run(counted([1, 1, 8, 8])), { message: /layer 'i'/ }, 'also where a size overflows')
})

function lstm(): number[] {
  const values = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i) / 2)
  return [...tagged(...values(24)), ...tagged(...values(8)), ...tagged(...values(16))]
}

t.test('a vector at any address runs: kernels for packs want aligned ones', async (t) => {
  for (const outputs of [4, 5, 8, 16]) {
    await using model = await openLayers(
      [input, `Convolution c 1 1 in0 out0 0=${outputs} 1=1 5=0 6=${outputs * 16}`],
      tagged(...Array(outputs * 16).fill(1)),
    )
    for (let offset = 0; offset < 4; offset++) {
      const { out0 } = model.runSync(
        new Tensor(new Float32Array(20).fill(1).subarray(offset, offset + 16), [16]),
      )
      t.same(out0!.data, new Float32Array(outputs).fill(16))
    }
  }
})

// Gemm takes [rows, 1, columns] for a matrix and ignores the 1; a packed vector it reads beyond its end.
t.test('Gemm multiplies every row, and takes a vector as one', async (t) => {
  const weights = Array.from({ length: 40 }, (_, i) => Math.cos(i))
  const gemm = 'Gemm g 1 1 in0 out0 2=0 3=1 4=0 5=1 6=1 7=0 8=5 9=8 10=-1'
  await using model = await openLayers(['Input in0 0 1 in0', gemm], tagged(...weights))
  for (const [shape, wanted] of [
    [
      [3, 8],
      [3, 5],
    ],
    [
      [1, 3, 8],
      [3, 5],
    ],
    [
      [2, 3, 8],
      [2, 3, 5],
    ],
    [[8], [1, 5]],
  ] as const) {
    const x = counted(shape)
    const { out0 } = await model.run(x)
    t.same(out0!.shape, wanted, `[${shape}]`)
    const rows = x.data.length / 8
    const sums = Array.from({ length: rows * 5 }, (_, i) => {
      const [row, column] = [Math.floor(i / 5), i % 5]
      return weights
        .slice(column * 8, column * 8 + 8)
        .reduce((sum, weight, k) => sum + weight * Number(x.data[row * 8 + k]), 0)
    })
    for (const [i, sum] of sums.entries()) t.ok(Math.abs(Number(out0!.data[i]) - sum) < 1e-4, `${shape} ${i}`)
  }
})

t.test('indices may reach an Embed through layers that move them', async (t) => {
  const table = Array.from({ length: 12 }, (_, i) => i)
  const embed = (name: string, bottom: string, top: string) =>
    `Embed ${name} 1 1 ${bottom} ${top} 0=2 1=6 2=0 3=12`
  for (const [way, layers] of [
    [
      'Split',
      ['Split s 1 2 in0 a b', embed('e', 'a', 'x'), embed('f', 'b', 'y'), 'BinaryOp p 2 1 x y out0 0=0'],
    ],
    ['Reshape', ['Reshape r 1 1 in0 a 0=4', embed('e', 'a', 'x'), 'BinaryOp p 1 1 x out0 0=2 1=1 2=2.0']],
    ['Crop', ['Crop c 1 1 in0 a 0=0 3=4', embed('e', 'a', 'x'), 'BinaryOp p 1 1 x out0 0=2 1=1 2=2.0']],
  ] as const) {
    for (const precision of ['fp32', 'fp16-storage', 'bf16'] as const) {
      const weights = way === 'Split' ? [...tagged(...table), ...tagged(...table)] : tagged(...table)
      await using model = await openLayers(['Input in0 0 1 in0', ...layers], weights, { precision })
      t.equal(model.inputs[0]!.dtype, 'int32', `${way} ${precision}`)
      const { out0 } = await model.run(new Tensor(Int32Array.of(5, 0, 3, 1), [4]))
      t.same([...out0!.data], [20, 22, 0, 2, 12, 14, 4, 6], `${way} ${precision}`)
    }
  }
})

t.test('what the file declares comes before the array: a 1 that is missing is added', async (t) => {
  await using model = await openLayers(['Input in0 0 1 in0 0=6 1=4 2=1', 'Softmax s 1 1 in0 out0 0=1 1=1'])
  const { out0 } = await model.run(counted([4, 6]))
  t.same(out0!.shape, [1, 4, 6])
})

t.test('of two complaints of one layer the one that looked at the sizes is told', async (t) => {
  const convolution = 'Convolution1D c 1 1 in0 out0 0=2 1=1 5=0 6=6'
  await using model = await openLayers(['Input in0 0 1 in0', convolution], tagged(1, 1, 1, 1, 1, 1))
  await t.rejects(model.run(counted([1, 4, 16])), { message: /expected .*3 .*received 4 \(\[4,16\]\)/ })
})
