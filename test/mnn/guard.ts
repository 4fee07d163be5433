// Numbers of a file that MNN divides by, indexes with or allocates: each of these ended the process, or read and
// wrote beyond its tensors, before the guard around MNN's sizing (cpp/mnn/guard).
import t from 'tap'
import { open, Tensor } from 'twinfer'
import {
  blobParameter,
  convolutionFile,
  format,
  inputParameter,
  type MnnOperator,
  mnnFile,
  operatorFile,
  opType,
  tableParameter,
} from '../helpers/mnnFile.js'

const options = { engine: 'mnn', precision: 'fp32', threads: 1 } as const
const image = [1, 4, 6, 6]
const axis = (value: number) => tableParameter(4, { 0: ['int32', value] })
const permute = (...dims: number[]) => tableParameter(29, { 0: ['ints', dims] })
const one = (operator: MnnOperator, dims: readonly number[] = image) => operatorFile(dims, operator)
const slice = (points: number[], source: number, at = 1) =>
  tableParameter(61, { 0: ['int32', at], 1: ['ints', points], 2: ['int8', source] })

const padded = (...paddings: number[]) =>
  mnnFile({
    tensors: ['x', 'paddings', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(image) },
      {
        type: opType.Const,
        name: 'paddings',
        outputs: [1],
        parameter: tableParameter(7, { 0: ['ints', [8]], 2: ['int32', 3], 5: ['ints', paddings] }),
      },
      { type: opType.Padding, name: 'layer', inputs: [0, 1], outputs: [2] },
    ],
  })

const deconvolution = (...pads: number[]) =>
  one({
    type: opType.DeconvolutionDepthwise,
    parameter: tableParameter(9, {
      0: [
        'table',
        tableParameter(0, {
          2: ['int32', 3],
          3: ['int32', 3],
          8: ['int8', 1],
          9: ['int32', 4],
          10: ['int32', 4],
          11: ['int32', 4],
          14: ['ints', pads],
        }),
      ],
      1: ['floats', Array(36).fill(0.1)],
      2: ['floats', [0, 0, 0, 0]],
    }),
  })

const normAlongChannels = (external?: readonly number[]) =>
  one({
    type: opType.LayerNorm,
    parameter: tableParameter(88, {
      0: ['ints', [1]],
      2: ['floats', [1, 1, 1, 1]],
      3: ['floats', [0, 0, 0, 0]],
      4: ['int32', 1],
      ...(external && { 5: ['ints', external] as const }),
    }),
  })

/** The input, and a constant of this shape that is filled with 2. */
const filledTo = (shape: Record<number, readonly ['ints', readonly number[]]>) =>
  mnnFile({
    tensors: ['x', 'shape', 'value', 'filled', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(image) },
      {
        type: opType.Const,
        name: 'shape',
        outputs: [1],
        parameter: tableParameter(7, { 2: ['int32', 3], ...shape }),
      },
      { type: opType.Const, name: 'value', outputs: [2], parameter: blobParameter([1], [2]) },
      { type: opType.Fill, name: 'layer', inputs: [1, 2], outputs: [3] },
      {
        type: opType.BinaryOp,
        name: 'sum',
        inputs: [0, 3],
        outputs: [4],
        parameter: tableParameter(6, { 0: ['int32', 0], 1: ['int32', 1] }),
      },
    ],
  })

const packed = format.NC4HW4
const halves = (dataFormat: number) =>
  operatorFile([6], { type: opType.Slice, parameter: slice([3], 0, 0) }, { outputs: 2, dataFormat })
const unsound: Record<string, [Uint8Array, RegExp]> = {
  'softmax along an axis it has not': [
    one({ type: opType.Softmax, parameter: axis(7) }),
    /an axis from -4 to 3, received 7/,
  ],
  'softmax of a single number': [one({ type: opType.Softmax, parameter: axis(0) }, []), /without axes/],
  'permute with an axis twice': [
    one({ type: opType.Permute, parameter: permute(0, 1, 1, 2) }),
    /comes twice/,
  ],
  'permute of fewer axes': [
    one({ type: opType.Permute, parameter: permute(0, 1, 2) }),
    /number of axes 4, received 3/,
  ],
  'concat along an axis it has not': [one({ type: opType.Concat, parameter: axis(6) }), /an axis/],
  'unpack along an axis it has not': [one({ type: opType.Unpack, parameter: axis(-5) }), /an axis/],
  'pack with an axis beyond': [
    one({ type: opType.Pack, parameter: tableParameter(28, { 1: ['int32', 6] }) }),
    /an axis from -5 to 4/,
  ],
  'slices beyond the end': [
    operatorFile(image, { type: opType.Slice, parameter: slice([3, 9], 3) }, { outputs: 2 }),
    /slice/,
  ],
  'slices of no width': [
    operatorFile(image, { type: opType.Slice, parameter: slice([0], 4) }, { outputs: 2 }),
    /slice of at least 1, received 0/,
  ],
  'a sum over an axis it has not': [
    one({ type: opType.Reduction, parameter: tableParameter(50, { 0: ['int8', 0], 1: ['ints', [8]] }) }),
    /an axis/,
  ],
  'the best along an axis it has not': [
    one({
      type: opType.ArgMax,
      parameter: tableParameter(2, { 0: ['int32', 0], 1: ['int32', 1], 2: ['int32', 5] }),
    }),
    /an axis/,
  ],
  'a norm over axes with one left out': [
    one({ type: opType.LayerNorm, parameter: tableParameter(88, { 0: ['ints', [0, 2]], 4: ['int32', 1] }) }),
    /an axis 1, received 2/,
  ],
  'a norm with fewer gammas than values': [
    one({
      type: opType.LayerNorm,
      parameter: tableParameter(88, {
        0: ['ints', [-1]],
        2: ['floats', [1]],
        3: ['floats', [0]],
        4: ['int32', 1],
      }),
    }),
    /gammas at least 6, received 1/,
  ],
  'a norm whose gammas and betas are vectors of nothing': [
    one({
      type: opType.LayerNorm,
      parameter: tableParameter(88, {
        0: ['ints', [-1]],
        2: ['floats', []],
        3: ['floats', []],
        4: ['int32', 1],
      }),
    }),
    /gammas and betas of no values/,
  ],
  'a norm by the root mean square whose betas are fewer than its gammas': [
    one({
      type: opType.LayerNorm,
      parameter: tableParameter(88, {
        0: ['ints', [-1]],
        2: ['floats', [1, 1, 1, 1, 1, 1]],
        3: ['floats', [0]],
        4: ['int32', 1],
        6: ['int8', 1],
      }),
    }),
    /expected 6 betas, received 1/,
  ],
  'a norm of a place for its weights, with nothing in it': [
    normAlongChannels([]),
    /numbers of its file: at least 3, received 0/,
  ],
  'a transposed convolution with two paddings': [deconvolution(1, 1), /paddings 4, received 2/],
  'a fill of no dimensions, from the shape of a single value': [
    filledTo({ 5: ['ints', [1, 2, 5]] }),
    /dimensions at least 1, received 0/,
  ],
  'slices of a vector in packs': [halves(packed), /dimensions from 2 to 8, received 1/],
  'blocks of no size': [
    one({ type: opType.DepthToSpace, parameter: tableParameter(75, { 0: ['int32', 0] }) }),
    /a block of from 1 to/,
  ],
  'blocks that do not divide the channels': [
    one({ type: opType.DepthToSpace, parameter: tableParameter(75, { 0: ['int32', 3] }) }),
    /does not divide 4 channels/,
  ],
  'a dense layer without outputs': [
    one(
      { type: opType.InnerProduct, parameter: tableParameter(20, { 0: ['int32', 0], 3: ['floats', [1]] }) },
      [1, 4],
    ),
    /output values/,
  ],
  'a pooling window of a vector': [
    one({ type: opType.Pooling, parameter: tableParameter(31, { 2: ['int8', 1] }) }, [1, 4]),
    /a number of dimensions from 3 to 4, received 2/,
  ],
  'a convolution of an old file, whose compressed weights are for fewer channels': [
    convolutionFile([1, 3, 2, 2], {
      inputs: 0,
      outputs: 2,
      weights: [],
      biases: [0, 0],
      quantised: { weights: [1, 2, 3, 4], scales: [1, 1] },
    }),
    /gets 3 channels and has weights for 2/,
  ],
  'a sum over bytes, which MNN reads as words': [
    operatorFile(
      image,
      { type: opType.Reduction, parameter: tableParameter(50, { 0: ['int8', 0], 1: ['ints', [1]] }) },
      { dtype: 4 },
    ),
    /8-bit integers without a scale in input 0/,
  ],
  'a pooling stride that an index cannot hold': [
    one({
      type: opType.Pooling,
      parameter: tableParameter(31, {
        3: ['int32', 2],
        4: ['int32', 2],
        5: ['int32', 2 ** 26],
        6: ['int32', 2],
      }),
    }),
    /stride 67108864x2/,
  ],
  'a window whose paddings make gigabytes of a few values': [
    one({
      type: opType.Pooling,
      parameter: tableParameter(31, {
        0: ['int32', 2 ** 11],
        1: ['int32', 2 ** 11],
        3: ['int32', 2],
        4: ['int32', 2],
        5: ['int32', 1],
        6: ['int32', 1],
      }),
    }),
    /makes 67305616 values of 144/,
  ],
  'a padding that makes gigabytes of a few values': [
    padded(0, 0, 0, 0, 0, 2 ** 20, 0, 2 ** 10),
    /makes 4320157840 values of 144/,
  ],
  'more dimensions than MNN has room for': [
    one({ type: opType.Unsqueeze, parameter: tableParameter(64, { 0: ['ints', [0, 1, 2, 3, 4]] }) }),
    /dimensions from 0 to 8, received 9/,
  ],
  'a raster that says no regions': [one({ type: opType.Raster }), /expected attributes, received none$/],
  'experts that nothing describes': [
    one({ type: opType.MoE, inputs: [0, 0] }),
    /experts without a description/,
  ],
  'experts that are not there': [
    one({ type: opType.MoE, inputs: [0, 0], parameter: tableParameter(78, { 0: ['text', 'MoE'] }) }),
    /subgraph '\/expert\/0_0' is missing/,
  ],
  'a reshape to more than memory holds': [
    one({ type: opType.Reshape, parameter: tableParameter(55, { 0: ['ints', [65536, 65536, -1]] }) }),
    /elements/,
  ],
}

for (const [what, [file, message]] of Object.entries(unsound)) {
  t.test(`refused: ${what}`, async (t) => {
    await t.rejects(open(file, options), { code: 'TWINFER_MODEL_INVALID', message })
  })
}

t.test('the same operators with right numbers run', async (t) => {
  const sound: [Uint8Array, number[]][] = [
    [one({ type: opType.Softmax, parameter: axis(-1) }), image],
    [one({ type: opType.Permute, parameter: permute(0, 2, 3, 1) }), [1, 6, 6, 4]],
    [padded(0, 0, 0, 0, 0, 4, 1, 1), [1, 4, 10, 8]],
    [operatorFile(image, { type: opType.Slice, parameter: slice([1, 3], 3) }, { outputs: 2 }), [1, 1, 6, 6]],
    [one({ type: opType.DepthToSpace, parameter: tableParameter(75, { 0: ['int32', 2] }) }), [1, 1, 12, 12]],
    [
      one({ type: opType.Unsqueeze, parameter: tableParameter(64, { 0: ['ints', [0, 1]] }) }),
      [1, 1, ...image],
    ],
    [
      one({ type: opType.Reduction, parameter: tableParameter(50, { 0: ['int8', 0], 1: ['ints', [-1]] }) }),
      [1, 4, 6],
    ],
    [
      one({
        type: opType.LayerNorm,
        parameter: tableParameter(88, { 0: ['ints', [2, 3]], 4: ['int32', 1] }),
      }),
      image,
    ],
    [normAlongChannels(), image],
    [deconvolution(1, 1, 1, 1), image],
    [filledTo({ 0: ['ints', [1]], 5: ['ints', [6]] }), image],
  ]
  for (const [file, shape] of sound) {
    await using model = await open(file, options)
    const [first] = Object.values(await model.run({ x: new Float32Array(144) }))
    t.same(first!.shape, shape)
  }
})

t.test('slices of a vector', async (t) => {
  await using model = await open(halves(format.NCHW), options)
  t.same((await model.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) })).y2!.data, Float32Array.of(4, 5, 6))
})

t.test('positions in packs that three do not fill are refused', async (t) => {
  const gathered = (dataFormat: number) =>
    mnnFile({
      tensors: ['x', 'places', 'y'],
      operators: [
        { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([2, 5]) },
        {
          type: opType.Input,
          name: 'places',
          outputs: [1],
          parameter: inputParameter([1, 3], dataFormat, 3),
        },
        { type: opType.GatherV2, name: 'layer', inputs: [0, 1], outputs: [2], parameter: axis(1) },
      ],
    })
  await t.rejects(open(gathered(packed), options), {
    code: 'TWINFER_MODEL_INVALID',
    message: /values, packed ones included: from 0 to 3, received 4/,
  })
  await using model = await open(gathered(format.NCHW), options)
  const x = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
  const { y } = await model.run({ x, places: Int32Array.of(4, 0, 2) })
  t.same(y!.data, Float32Array.of(4, 0, 2, 9, 5, 7))
})

// Four tokens of eight channels, as queries and keys of one head and values of two, each of two numbers.
const linearAttention = (kind: string, ...heads: number[]) =>
  mnnFile({
    tensors: ['x', 'gate', 'beta', 'weights', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 8, 4]) },
      { type: opType.Input, name: 'gate', outputs: [1], parameter: inputParameter([1, 4, 2]) },
      { type: opType.Input, name: 'beta', outputs: [2], parameter: inputParameter([1, 4, 2]) },
      {
        type: opType.Const,
        name: 'weights',
        outputs: [3],
        parameter: blobParameter([8, 1, 4], Array(32).fill(0.1)),
      },
      {
        type: opType.LinearAttention,
        name: 'layer',
        inputs: [0, 1, 2, 3],
        outputs: [4],
        parameter: tableParameter(
          100,
          Object.fromEntries([['text', kind] as const, ...heads.map((n) => ['int32', n] as const)].entries()),
        ),
      },
    ],
  })
const tokens = (batch: number) => ({
  x: Tensor.zeros([batch, 8, 4]),
  gate: Tensor.zeros([batch, 4, 2]),
  beta: Tensor.zeros([batch, 4, 2]),
})

t.test('linear attention whose heads are not those of its tensors is refused', async (t) => {
  for (const [heads, message] of [
    [[0, 2, 2, 2], /heads of keys: from 1 to 2, received 0/],
    [[1000, 2000, 64, 64], /channels: 256000, received 8/],
    [[2, 3, 1, 1], /heads of keys do not divide/],
  ] as const) {
    const file = linearAttention('gated_delta_rule', ...heads)
    await t.rejects(open(file, options), { code: 'TWINFER_MODEL_INVALID', message })
  }
  const short = linearAttention('short_conv', 1, 1, 1, 9)
  await t.rejects(open(short, options), {
    code: 'TWINFER_MODEL_INVALID',
    message: /channels: 27, received 8/,
  })
})

t.test('linear attention runs for the one batch that it keeps states for', async (t) => {
  await using model = await open(linearAttention('gated_delta_rule', 1, 2, 2, 2), options)
  t.same((await model.run(tokens(1))).y!.shape, [1, 4, 2, 2])
  await t.rejects(model.run(tokens(50)), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /a batch of 1, received 50/,
  })
  t.same((await model.run(tokens(1))).y!.shape, [1, 4, 2, 2])
})

const uint8 = 4
/** Queries of these dimensions, keys and values of others, of 32-bit floats unless said otherwise; a mask where its values are given. */
const attention = (
  query: readonly number[],
  key: readonly number[],
  { dtype = 1, format = 1, shared = -1, mask = [] as readonly number[] } = {},
) => {
  const input = (dims: readonly number[]) =>
    tableParameter(21, { 0: ['ints', dims], 1: ['int32', dtype], 2: ['int8', format] })
  return mnnFile({
    tensors: ['q', 'k', 'v', 'mask', 'y'],
    operators: [
      { type: opType.Input, name: 'q', outputs: [0], parameter: input(query) },
      { type: opType.Input, name: 'k', outputs: [1], parameter: input(key) },
      { type: opType.Input, name: 'v', outputs: [2], parameter: input(key) },
      ...(mask.length > 0
        ? [{ type: opType.Const, name: 'mask', outputs: [3], parameter: blobParameter([mask.length], mask) }]
        : []),
      {
        type: opType.Attention,
        name: 'layer',
        inputs: mask.length > 0 ? [0, 1, 2, 3] : [0, 1, 2],
        outputs: [4],
        parameter: tableParameter(98, { 3: ['int32', shared] }),
      },
    ],
  })
}

t.test(
  'attention over other tokens, values or layers than its code takes for granted is refused',
  async (t) => {
    const six = [1, 6, 2, 4]
    const unsound: Record<string, [Uint8Array, RegExp]> = {
      'bytes, where floats are written': [attention(six, six, { dtype: uint8 }), /layer/],
      'fewer keys than queries': [attention(six, [1, 5, 2, 4]), /tokens of keys: 6, received 5/],
      'a batch': [attention([2, 6, 2, 4], [2, 6, 2, 4]), /a batch of 1, received 2/],
      'other heads': [attention(six, [1, 6, 2, 3]), /values for each head: 4, received 3/],
      'channels in packs': [attention(six, six, { format: 2 }), /received channels in packs/],
      'a mask that is too small': [attention(six, six, { mask: [0, 0] }), /36 values in input 3, received 2/],
      'the keys of another layer': [attention(six, six, { shared: 0 }), /keys of another layer/],
    }
    for (const [what, [file, message]] of Object.entries(unsound))
      await t.rejects(open(file, options), { code: 'TWINFER_MODEL_INVALID', message }, what)
    await using model = await open(attention(six, six, { mask: Array(36).fill(0) }), options)
    const one = new Tensor(new Float32Array(48).fill(1), six, { layout: 'NHWC' })
    const { y } = await model.run({ q: one, k: one, v: one })
    t.strictSame([y!.shape, y!.data], [[1, 6, 8], new Float32Array(48).fill(1)])
  },
)

t.test('operators that this version of MNN has no code for are named', async (t) => {
  await t.rejects(open(one({ type: opType.EltwiseInt8, inputs: [0, 0] }), options), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    message: /'layer'\): MNN 3\.6\.1 has no code for operator EltwiseInt8/,
    help: /convert the original model again/,
  })
  const custom = tableParameter(78, { 0: ['text', 'MyWarp'] })
  await t.rejects(open(one({ type: opType.Extra, parameter: custom }), options), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    message: /a custom operator of type 'MyWarp'/,
  })
})

// On x86 a division by 0 ends the process where the machine divides; what is given at run time no rule sees before.
const int32 = 3
const integers = (dims: readonly number[]) =>
  tableParameter(21, { 0: ['ints', dims], 1: ['int32', int32], 2: ['int8', 0] })
const division = (operation: number, left: readonly number[], right: readonly number[]) =>
  mnnFile({
    tensors: ['a', 'b', 'y'],
    operators: [
      { type: opType.Input, name: 'a', outputs: [0], parameter: integers(left) },
      { type: opType.Input, name: 'b', outputs: [1], parameter: integers(right) },
      {
        type: opType.BinaryOp,
        name: 'layer',
        inputs: [0, 1],
        outputs: [2],
        parameter: tableParameter(6, { 0: ['int32', operation], 1: ['int32', int32] }),
      },
    ],
  })

for (const [name, operation, expected] of [
  ['a quotient', 7, [3, -3, 0, -(2 ** 31), 0, 2]],
  ['a remainder', 17, [1, -1, 7, 0, -5, 0]],
  ['a modulus with the sign of the divisor', 19, [1, 1, 7, 0, -5, 0]],
] as const) {
  t.test(`${name} of integers by 0, and the least by -1`, async (t) => {
    const dividends = [7, -7, 7, -(2 ** 31), -5, 4]
    const divisors = [2, 2, 0, -1, 0, 2]
    await using model = await open(division(operation, [1, 6], [1, 6]), options)
    const { y } = await model.run({ a: Int32Array.from(dividends), b: Int32Array.from(divisors) })
    t.same([...(y?.data ?? [])], expected)
  })
}

t.test('integers divided by a row, in which there is a 0', async (t) => {
  await using model = await open(division(7, [2, 2, 3], [1, 2, 1]), options)
  const a = Int32Array.from({ length: 12 }, (_, i) => 10 * i)
  const { y } = await model.run({ a, b: Int32Array.of(5, 0) })
  t.same([...(y?.data ?? [])], [0, 2, 4, 0, 0, 0, 12, 14, 16, 0, 0, 0])
})

t.test('integers divided by one number', async (t) => {
  await using model = await open(division(7, [1, 6], [1]), options)
  const a = Int32Array.of(9, 8, 7, 6, 5, 4)
  const { y } = await model.run({ a, b: Int32Array.of(2) })
  t.same([...(y?.data ?? [])], [4, 4, 3, 3, 2, 2])
  const nothing = await model.run({ a, b: Int32Array.of(0) })
  t.same([...(nothing.y?.data ?? [])], [0, 0, 0, 0, 0, 0])
})
