// What networks that nobody has made asked of MNN, which looked at none of it: each read or wrote beyond its tensors, or
// followed what is not there (npm run storm -- --engine mnn --grow).
import t from 'tap'
import { open, Tensor } from 'twinfer'
import {
  format,
  inputParameter,
  type MnnOperator,
  type MnnParameter,
  mnnFile,
  opType,
  tableParameter,
} from '../helpers/mnnFile.js'

const options = { engine: 'mnn', precision: 'fp32', threads: 1 } as const
const [float32, int32, uint8] = [1, 3, 4]
const input = (dims: readonly number[], dtype = float32, layout: number = format.NCHW) =>
  ({ type: opType.Input, parameter: inputParameter(dims, layout, dtype) }) as const
const ints = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  ({
    type: opType.Const,
    parameter: tableParameter(7, { 0: ['ints', dims], 2: ['int32', int32], 5: ['ints', values] }),
  }) as const
const floats = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  ({
    type: opType.Const,
    parameter: tableParameter(7, { 0: ['ints', dims], 2: ['int32', float32], 7: ['floats', values] }),
  }) as const

/** A slice at points, as Caffe writes it: of `outputs` parts. */
const slices = (outputs: number, points: readonly number[]) =>
  mnnFile({
    tensors: ['x0', 'y', ...Array.from({ length: outputs - 1 }, (_, i) => `y${i + 1}`)],
    operators: [
      { name: 'x0', outputs: [0], ...input([4, 2]) },
      {
        type: opType.Slice,
        name: 'layer',
        inputs: [0],
        outputs: Array.from({ length: outputs }, (_, i) => i + 1),
        parameter: tableParameter(61, { 0: ['int32', 0], 1: ['ints', points], 2: ['int8', 0] }),
      },
    ],
  })

const resize = {
  type: opType.Resize,
  parameter: tableParameter(56, { 0: ['float', 0.5], 1: ['float', 2] }),
} as const

/** The second of `dims[0]` rows of an input, replaced by what is given, of `written`. */
const writing = (dims: readonly number[], layout: number, written: readonly number[]) =>
  network(
    [
      input(dims, float32, layout),
      ints([1, ...dims.slice(1).fill(0)]),
      ints(dims),
      ints(dims.map(() => 1)),
      input(written),
    ],
    { type: opType.StridedSlice, parameter: tableParameter(65, {}) },
  )

/** `layer` over what is before it, in their order; `y` is what it makes. */
const network = (before: readonly MnnOperator[], layer: MnnOperator) => {
  const tensors = [...before.map((_, i) => `x${i}`), 'y']
  const made = before.map((operator, i) => ({ ...operator, name: `x${i}`, outputs: [i] }))
  const inputs = before.map((_, i) => i)
  return mnnFile({
    tensors,
    operators: [...made, { name: 'layer', inputs, outputs: [before.length], ...layer }],
  })
}

const packedFloat = {
  type: opType.Const,
  parameter: tableParameter(7, {
    0: ['ints', [1]],
    1: ['int8', format.NC4HW4],
    2: ['int32', float32],
    7: ['floats', [1]],
  }),
} as const

interface Window {
  readonly kernel?: readonly [number, number]
  readonly padding?: readonly [number, number]
  readonly dilation?: number
  readonly group?: number
  readonly outputs?: number
  readonly shaped?: boolean
}

const window = (
  channels: number,
  { kernel = [3, 3], padding = [0, 0], dilation = 1, group = 1, outputs = channels, shaped = false }: Window,
): MnnParameter => {
  const common = tableParameter(0, {
    0: ['int32', padding[0]],
    1: ['int32', padding[1]],
    2: ['int32', kernel[0]],
    3: ['int32', kernel[1]],
    6: ['int32', dilation],
    7: ['int32', dilation],
    9: ['int32', group],
    10: ['int32', outputs],
    11: ['int32', channels],
    16: ['int8', Number(shaped)],
  })
  const count = (channels * outputs * kernel[0] * kernel[1]) / group
  return tableParameter(9, {
    0: ['table', common],
    1: ['floats', Array(count).fill(1)],
    2: ['floats', Array(outputs).fill(0)],
  })
}

const least = 5 // of a Reduction's operations
const reduction = (axes: readonly number[]) => tableParameter(50, { 0: ['int8', least], 1: ['ints', axes] })

const unsound: Record<string, [Uint8Array, RegExp]> = {
  'boxes to pick from without a number to pick': [
    network([input([2, 4]), input([2])], { type: opType.NonMaxSuppressionV2 }),
    /expected 3 inputs, received 2/,
  ],
  'groups of planes that are none': [
    network([input([2, 4])], {
      type: opType.Convolution,
      parameter: window(4, { kernel: [1, 3], padding: [0, 1], group: 4 }),
    }),
    /a number of dimensions 4, received 2/,
  ],
  'a convolution of constants alone': [
    mnnFile({
      tensors: ['x', 'c', 'y', 'z'],
      operators: [
        { name: 'x', outputs: [0], ...input([2, 2]) },
        { name: 'c', outputs: [1], ...floats(Array(64).fill(1), [1, 4, 4, 4]) },
        { type: opType.Convolution, name: 'layer', inputs: [1], outputs: [2], parameter: window(4, {}) },
        { type: opType.Identity, name: 'z', inputs: [0], outputs: [3] },
      ],
    }),
    /expected an input, received constants alone/,
  ],
  'a depthwise deconvolution padded by more than its window': [
    network([input([1, 4, 8, 8])], {
      type: opType.DeconvolutionDepthwise,
      parameter: window(4, { kernel: [3, 1], padding: [0, 2], group: 4 }),
    }),
    /a padding of from -2147483647 to 0, received 2/,
  ],
  'a depthwise deconvolution whose weights are the shape of its output': [
    network([input([1, 4, 8, 8]), ints([1, 10, 10])], {
      type: opType.DeconvolutionDepthwise,
      parameter: window(4, { group: 4, shaped: true }),
    }),
    /expected weights as its second input/,
  ],
  'a depthwise deconvolution with more biases than outputs': [
    network([input([1, 4, 8, 8]), floats(Array(36).fill(1), [4, 1, 3, 3]), floats(Array(64).fill(0))], {
      type: opType.DeconvolutionDepthwise,
      parameter: window(4, { group: 4 }),
    }),
    /a number of biases from 1 to 4, received 64/,
  ],
  'int8 weights beside biases of floats': [
    network([input([1, 2, 4, 4])], {
      type: opType.DepthwiseConvInt8,
      parameter: tableParameter(9, {
        0: ['table', tableParameter(0, { 9: ['int32', 2], 10: ['int32', 2], 11: ['int32', 2] })],
        2: ['floats', [0, 0]],
        4: ['table', tableParameter(0, { 0: ['bytes', [1, 2]], 1: ['ints', [0, 0]], 2: ['floats', [1, 1]] })],
      }),
    }),
    /biases of floats without compressed weights/,
  ],
  'int8 weights without biases of their own': [
    network([input([1, 2, 4, 4])], {
      type: opType.ConvInt8,
      parameter: tableParameter(9, {
        0: ['table', tableParameter(0, { 10: ['int32', 2], 11: ['int32', 2] })],
        4: ['table', tableParameter(0, { 0: ['bytes', [1, 2, 3, 4]], 2: ['floats', [1, 1]] })],
      }),
    }),
    /int8 weights without their biases and scales/,
  ],
  'a least value along other axes than it has': [
    network([input([2, 3, 4]), ints([2])], { type: opType.Reduction, parameter: reduction([1]) }),
    /axes of its own and others in its second input/,
  ],
  'values of four bytes packed with single ones': [
    network([input([6, 3]), input([6, 3], uint8)], { type: opType.Pack, parameter: tableParameter(28, {}) }),
    /'layer' \(Pack\): it copies values of 8 bits as if they had 32/,
  ],
  'slices between fewer points than there are slices': [
    slices(3, [1]),
    /expected a number of slice points from 2 to 3, received 1/,
  ],
  'an image resized that has its channels last': [
    network([input([1, 5, 5, 2], float32, format.NHWC)], resize),
    /expected its input channels first/,
  ],
  'values written into a packed image': [
    writing([2, 1, 8, 8], format.NC4HW4, [1, 1, 8, 8]),
    /packed ones included: from 0 to 128, received 512/,
  ],
  'marks for packed places, which count what fills the packs': [
    network([input([10, 3], int32, format.NC4HW4), ints([5], []), ints([1], []), ints([0], [])], {
      type: opType.OneHot,
      parameter: tableParameter(83, { 1: ['int32', 0] }),
    }),
    /packed ones included: from 0 to 30, received 40/,
  ],
  'values scattered by more positions than what they go among': [
    network(
      [input([2, 3]), ints(Array(12).fill(0), [4, 3]), floats(Array(12).fill(1), [4, 3]), ints([1], [])],
      {
        type: opType.ScatterElements,
        parameter: tableParameter(6, { 0: ['int32', 0] }),
      },
    ),
    /positions along a dimension: from 0 to 2, received 4/,
  ],
  'values of more dimensions than what they are written into': [
    writing([2, 3], format.NCHW, [1, 1, 1, 3]),
    /a number of dimensions from 0 to 2, received 4/,
  ],
  'slices beside an ellipsis without strides': [
    network([input([2, 3]), ints([0, 0]), ints([2, 3])], {
      type: opType.StridedSlice,
      parameter: tableParameter(65, { 4: ['int32', 1] }),
    }),
    /expected strides, received none/,
  ],
  'a sum of packed values and others': [
    network([input([4, 4, 1], float32, format.NC4HW4), floats(Array(16).fill(1), [4, 4, 1])], {
      type: opType.Eltwise,
      parameter: tableParameter(14, { 0: ['int8', 1] }),
    }),
    /expected inputs of one layout/,
  ],
  'a packed value to fill with': [
    network([ints([2, 3]), packedFloat], { type: opType.Fill }),
    /expected its value in NCHW or NHWC/,
  ],
  'a triangle of bytes, which MNN reads as words': [
    network([input([4, 4], uint8), ints([1]), ints([1])], { type: opType.MatrixBandPart }),
    /8-bit integers without a scale in input 0/,
  ],
  'a determinant of bytes, which MNN reads as words': [
    network([input([1, 4, 4], uint8)], { type: opType.Det }),
    /8-bit integers without a scale in input 0/,
  ],
}

for (const [what, [file, message]] of Object.entries(unsound)) {
  t.test(`refused: ${what}`, async (t) => {
    await t.rejects(open(file, options), { code: 'TWINFER_MODEL_INVALID', message })
  })
}

t.test('the same operators with right numbers run', async (t) => {
  const sound: [Uint8Array, readonly number[], readonly number[]][] = [
    [
      network([input([2, 4, 1, 3])], {
        type: opType.Convolution,
        parameter: window(4, { kernel: [1, 3], padding: [0, 1], group: 4 }),
      }),
      [2, 4, 1, 3],
      [2, 4, 1, 3],
    ],
    [
      network([input([1, 4, 8, 8])], {
        type: opType.DeconvolutionDepthwise,
        parameter: window(4, { padding: [2, 2], group: 4 }),
      }),
      [1, 4, 8, 8],
      [1, 4, 6, 6],
    ],
    [
      network([input([2, 3, 4]), ints([-2])], { type: opType.Reduction, parameter: reduction([1]) }),
      [2, 3, 4],
      [2, 4],
    ],
    [
      network([input([2, 3]), ints([0, 1]), ints([2, 3]), ints([1, 1])], {
        type: opType.StridedSlice,
        parameter: tableParameter(65, { 4: ['int32', 1] }),
      }),
      [2, 3],
      [2, 2],
    ],
    [network([input([4, 4]), ints([1]), ints([1])], { type: opType.MatrixBandPart }), [4, 4], [4, 4]],
    [slices(3, [1, 3]), [4, 2], [1, 2]],
    [
      network(
        [input([2, 3]), ints(Array(12).fill(0), [4, 3]), floats(Array(12).fill(1), [4, 3]), ints([0], [])],
        {
          type: opType.ScatterElements,
          parameter: tableParameter(6, { 0: ['int32', 0] }),
        },
      ),
      [2, 3],
      [2, 3],
    ],
    [network([input([1, 2, 5, 5])], resize), [1, 2, 5, 5], [1, 2, 10, 2]],
    [network([input([1, 4, 4])], { type: opType.Det }), [1, 4, 4], [1]],
  ]
  for (const [file, from, to] of sound) {
    await using model = await open(file, options)
    t.same((await model.run({ x0: Tensor.zeros(from) })).y!.shape, to)
  }
})

t.test('boxes to pick are looked at when they are there', async (t) => {
  const picking = (...scores: number[]) =>
    network([input([2, 4]), input(scores), ints([2], []), floats([0.5], [])], {
      type: opType.NonMaxSuppressionV2,
    })
  const x0 = new Tensor(Float32Array.of(0, 0, 1, 1, 5, 5, 6, 6), [2, 4])
  await using alone = await open(picking(2), options)
  t.same([...(await alone.run({ x0, x1: new Tensor(Float32Array.of(0.5, 0.9), [2]) })).y!.data], [1, 0])
  await using classes = await open(picking(1, 1, 2), options)
  const x1 = new Tensor(Float32Array.of(0.5, 0.9), [1, 1, 2])
  t.same((await classes.run({ x0, x1 })).y!.shape, [2, 3])
  await using flat = await open(picking(2, 1), options)
  await t.rejects(flat.run({ x0, x1: Tensor.zeros([2, 1]) }), {
    code: 'TWINFER_MODEL_INVALID',
    message: /'layer' \(NonMaxSuppressionV2\): expected scores of 1 or 3 dimensions, received 2/,
  })
  await using more = await open(picking(1, 1, 9), options)
  await t.rejects(more.run({ x0, x1: Tensor.zeros([1, 1, 9]) }), {
    code: 'TWINFER_MODEL_INVALID',
    message: /corners of boxes: at least 36, received 8/,
  })
  const byFloats = network([input([2, 4]), input([2]), floats([2])], { type: opType.NonMaxSuppressionV2 })
  await using wrong = await open(byFloats, options)
  await t.rejects(wrong.run({ x0, x1: Tensor.zeros([2]) }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /another type of values in input 2/,
  })
})

t.test('a difference of sets of bytes is refused', async (t) => {
  const file = network([input([3], uint8), ints([1])], { type: opType.SetDiff1D })
  await t.rejects(
    (async () => {
      await using model = await open(file, options)
      await model.run({ x0: new Tensor(Uint8Array.of(1, 2, 3), [3], { dtype: 'uint8' }) })
    })(),
    { message: /expected 32-bit integers/ },
  )
})

t.test('what pools a volume keeps the layout that what reads it was sized for', async (t) => {
  // Six channels: packed they are eight.
  const dims = [1, 6, 2, 3, 3]
  const file = mnnFile({
    tensors: ['x', 'pooled', 'y'],
    operators: [
      { name: 'x', outputs: [0], ...input(dims) },
      {
        type: opType.Pooling3D,
        name: 'pool',
        inputs: [0],
        outputs: [1],
        parameter: tableParameter(79, {
          0: ['ints', [1, 1, 1]],
          1: ['ints', [1, 2, 2]],
          2: ['ints', [0, 0, 0]],
        }),
      },
      { type: opType.ReLU6, name: 'relu', inputs: [1], outputs: [2] },
    ],
  })
  const values = Float32Array.from({ length: 108 }, (_, i) => (i % 11) - 4)
  const expected: number[] = []
  for (let plane = 0; plane < 12; plane++)
    for (let y = 0; y < 2; y++)
      for (let x = 0; x < 2; x++) {
        const at = [0, 1, 3, 4].map((step) => values[9 * plane + 3 * y + x + step]!)
        expected.push(Math.min(6, Math.max(0, ...at)))
      }
  await using model = await open(file, options)
  const { y } = await model.run({ x: new Tensor(values, dims) })
  t.same(y!.shape, [1, 6, 2, 2, 2])
  t.same([...y!.data], expected)
})

t.test('columns of a packed image are sized as they are made', async (t) => {
  const dims = [2, 7, 3, 7]
  const file = mnnFile({
    tensors: ['x', 'columns', 'y', 'z'],
    operators: [
      { name: 'x', outputs: [0], ...input(dims, float32, format.NC4HW4) },
      {
        type: opType.Im2Col,
        name: 'columns',
        inputs: [0],
        outputs: [1],
        parameter: window(7, { kernel: [3, 1], padding: [0, 1] }),
      },
      {
        type: opType.Unpack,
        name: 'rows',
        inputs: [1],
        outputs: [2, 3],
        parameter: tableParameter(4, { 0: ['int32', 0] }),
      },
    ],
  })
  const x = new Tensor(
    Float32Array.from({ length: 294 }, (_, i) => i),
    dims,
  )
  await using model = await open(file, options)
  const { y, z } = await model.run({ x })
  // Three rows of five places in each image, between two of nothing: the first column of the window, and the next.
  const rows = (first: number) => [0, 1, 2, 3, 4].map((column) => first + column)
  const image = (first: number) => [
    Array(5).fill(0),
    ...[0, 7, 14].map((row) => rows(first + row)),
    Array(5).fill(0),
  ]
  t.same([...y!.data], [...image(0), ...image(147)].flat())
  t.same([...z!.data], [...image(1), ...image(148)].flat())
})

t.test('a layer with more outputs than it makes, and a sequence of packed rows', async (t) => {
  const where = mnnFile({
    tensors: ['x', 'y', 'z'],
    operators: [
      { name: 'x', outputs: [0], ...input([2, 2]) },
      { type: opType.Where, name: 'layer', inputs: [0], outputs: [1, 2] },
    ],
  })
  await using several = await open(where, options)
  await t.rejects(several.run({ x: Tensor.zeros([2, 2]) }), { message: /a number of outputs 1, received 2/ })
  const packed = network([input([2, 2, 1, 1], float32, format.NC4HW4), ints([1, 1])], {
    type: opType.ReverseSequence,
    parameter: tableParameter(77, { 0: ['int32', 0], 1: ['int32', 3] }),
  })
  await t.rejects(open(packed, options), { code: 'TWINFER_MODEL_INVALID', message: /received it in NC4HW4/ })
})

t.test('values are packed with those of their size, and written into what has room for them', async (t) => {
  const packing = network([input([2]), input([2])], { type: opType.Pack, parameter: tableParameter(28, {}) })
  await using packed = await open(packing, options)
  const [x0, x1] = [Float32Array.of(1, 2), Float32Array.of(3, 4)].map((values) => new Tensor(values, [2]))
  t.same([...(await packed.run({ x0: x0!, x1: x1! })).y!.data], [1, 2, 3, 4])
  for (const [layout, written] of [
    [format.NCHW, [1, 8, 1, 2]],
    [format.NCHW, [1]],
    [format.NC4HW4, [1, 8, 1, 2]],
  ] as const) {
    await using model = await open(writing([2, 8, 1, 2], layout, written), options)
    const values = new Tensor(Float32Array.from(Array(32).keys()), [2, 8, 1, 2])
    const x4 = new Tensor(new Float32Array(written.length === 1 ? 1 : 16).fill(-1), written)
    const { y } = await model.run({ x0: values, x4 })
    t.same([...y!.data], [...Array(16).keys(), ...Array(16).fill(-1)], `${layout} ${written}`)
  }
})

t.test('a number in NC4HW4 is no pack of channels', async (t) => {
  const file = mnnFile({
    tensors: ['x', 'mask', 'y', 'places'],
    operators: [
      { name: 'x', outputs: [0], ...input([], float32, format.NC4HW4) },
      { name: 'mask', outputs: [1], ...input([2, 2]) },
      { type: opType.Identity, name: 'same', inputs: [0], outputs: [2] },
      // Makes it a Module, whose outputs lie in memory of their own.
      { type: opType.Where, name: 'where', inputs: [1], outputs: [3] },
    ],
  })
  const mask = Tensor.zeros([2, 2])
  for (let i = 0; i < 50; i++) {
    await using model = await open(file, options)
    t.same([...(await model.run({ x: new Tensor(Float32Array.of(i), []), mask })).y!.data], [i])
  }
})

t.test('marks for places', async (t) => {
  const marks = network([input([3], int32), ints([4], []), ints([1], []), ints([0], [])], {
    type: opType.OneHot,
    parameter: tableParameter(83, { 1: ['int32', -1] }),
  })
  await using model = await open(marks, options)
  const { y } = await model.run({ x0: new Tensor(Int32Array.of(0, 3, 1), [3]) })
  t.same([...y!.data], [1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0])
})
