// What MNN's kernels take for granted of parameters and layouts, and follow without a look: each of these read or wrote
// beyond its tensors, or followed a null, before the guard around MNN's sizing (cpp/mnn/guard).
import t from 'tap'
import { open, Tensor } from 'twinfer'
import {
  convolutionFile,
  format,
  inputParameter,
  type MnnOperator,
  type MnnParameter,
  mnnFile,
  operatorFile,
  opType,
  tableParameter,
} from '../helpers/mnnFile.js'

const options = { engine: 'mnn', precision: 'fp32', threads: 1 } as const
const image = [1, 4, 6, 6]
const tenths = (value: number) => Math.round(10 * value) / 10
const ones = (count: number) => Array<number>(count).fill(1)
const one = (operator: MnnOperator, dims: readonly number[] = image, dataFormat: number = format.NCHW) =>
  operatorFile(dims, operator, { dataFormat })
const packed = (operator: MnnOperator, dims: readonly number[] = image) => one(operator, dims, format.NC4HW4)

const throughScales = (scales: number, zeroPoints: number) =>
  tableParameter(74, { 3: ['floats', ones(scales)], 12: ['floats', ones(zeroPoints)] })
const bins = (count: number, least: number, greatest: number) =>
  tableParameter(2, {
    0: ['int32', count],
    1: ['int32', greatest],
    2: ['int32', -1],
    3: ['int32', least],
  })
const scale = (channels: number, scales = channels, biases = scales) =>
  tableParameter(58, {
    0: ['int32', channels],
    1: ['floats', Array<number>(scales).fill(2)],
    2: ['floats', ones(biases)],
  })
const slopes = (count: number) =>
  tableParameter(32, { 0: ['int32', count], 1: ['floats', Array<number>(count).fill(-1)] })
const globalPool = tableParameter(79, { 3: ['int8', 1], 5: ['int8', 1] })
const lastAxis = tableParameter(4, { 0: ['int32', -1] })
const integersOf = (values: readonly number[]): MnnParameter =>
  tableParameter(7, { 0: ['ints', [values.length]], 2: ['int32', 3], 5: ['ints', values] })

const outputShaped = convolutionFile(
  [1, 2, 3, 3],
  { inputs: 2, outputs: 2, weights: ones(4), biases: [0, 0] },
  {
    type: opType.Deconvolution,
    parameter: tableParameter(9, {
      0: [
        'table',
        tableParameter(0, {
          9: ['int32', 1],
          10: ['int32', 2],
          11: ['int32', 2],
          16: ['int8', 1],
        }),
      ],
      1: ['floats', ones(4)],
      2: ['floats', [0, 0]],
    }),
  },
)

const best = (dataFormat: number) =>
  mnnFile({
    tensors: ['x', 'k', 'values', 'places'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 3, 2, 2], dataFormat) },
      { type: opType.Const, name: 'k', outputs: [1], parameter: integersOf([1]) },
      { type: opType.TopKV2, name: 'layer', inputs: [0, 1], outputs: [2, 3] },
    ],
  })

interface Boxes {
  readonly type?: number
  readonly dataFormat?: number
  readonly inputs?: readonly number[]
  readonly gradient?: number
  readonly pooled?: number
  readonly ratio?: number
}

const boxes = ({
  type = opType.ROIAlign,
  dataFormat = format.NC4HW4,
  inputs = [0, 1],
  gradient = 0,
  pooled = 2,
  ratio = 1,
}: Boxes = {}) =>
  mnnFile({
    tensors: ['x', 'boxes', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 1, 4, 4], dataFormat) },
      { type: opType.Input, name: 'boxes', outputs: [1], parameter: inputParameter([1, 5]) },
      {
        type,
        name: 'layer',
        inputs,
        outputs: [2],
        parameter: tableParameter(57, {
          0: ['int32', pooled],
          1: ['int32', pooled],
          2: ['float', 1],
          3: ['int32', ratio],
          5: ['int8', 1],
          6: ['int8', gradient],
        }),
      },
    ],
  })

const grid = (dataFormat: number) =>
  mnnFile({
    tensors: ['x', 'grid', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 3, 4, 4], dataFormat) },
      { type: opType.Input, name: 'grid', outputs: [1], parameter: inputParameter([1, 2, 2, 2]) },
      {
        type: opType.GridSample,
        name: 'layer',
        inputs: [0, 1],
        outputs: [2],
        parameter: tableParameter(91, {}),
      },
    ],
  })

// What runs as a Module is sized when it runs.
const runZeros = async (file: Uint8Array) => {
  await using model = await open(file, options)
  await model.run(
    Object.fromEntries(model.inputs.map(({ name, shape }) => [name, Tensor.zeros(shape as number[])])),
  )
}

const unsound: Record<string, [Uint8Array, RegExp]> = {
  'a cast to int8 with scales for fewer channels': [
    one({ type: opType.FloatToInt8, parameter: throughScales(2, 1) }),
    /gets 4 channels and has scales for 2/,
  ],
  'a cast to int8 without scales': [
    one({ type: opType.FloatToInt8, parameter: throughScales(0, 1) }),
    /a number of scales from 1/,
  ],
  'a cast from int8 with more zero points than scales': [
    one({ type: opType.Int8ToFloat, parameter: throughScales(1, 4) }),
    /a number of zero points 1, received 4/,
  ],
  'integers that nothing scales': [
    one({ type: opType.Dequantize, parameter: tableParameter(12, {}) }),
    /expected a scale of its input, received none/,
  ],
  'an identity of more inputs than outputs': [
    one({ type: opType.Identity, inputs: [0, 0] }),
    /a number of inputs 1, received 2/,
  ],
  'a concat with the parameters of a quantised one': [
    one({ type: opType.Concat, parameter: tableParameter(37, { 1: ['int32', 1] }) }),
    /expected an axis, received none/,
  ],
  'a histogram without bins': [
    one({ type: opType.Histogram, parameter: bins(0, 0, 5) }),
    /a number of bins from 1/,
  ],
  'a histogram from a value to itself': [
    one({ type: opType.Histogram, parameter: bins(4, 5, 5) }),
    /a greatest value of at least 6, received 5/,
  ],
  'an image to draw into': [
    one({ type: opType.ImageProcess, parameter: tableParameter(93, { 10: ['int8', 1] }) }),
    /received one to draw into/,
  ],
  'an int8 convolution whose weights are floats': [
    convolutionFile(
      [1, 2, 2, 2],
      { inputs: 2, outputs: 2, weights: ones(4), biases: [0, 0] },
      { type: opType.ConvInt8 },
    ),
    /expected int8 weights, received none/,
  ],
  'a size of the output that no input gives': [outputShaped, /a number of inputs from 2 to 4, received 1/],
  'a scale with fewer biases than scales': [
    packed({ type: opType.Scale, parameter: scale(2, 6, 2) }),
    /biases: 6, received 2/,
  ],
  'the greatest values of a packed tensor': [
    best(format.NC4HW4),
    /values, packed ones included: from 0 to 12, received 16/,
  ],
  'a scale of channels that are not packed': [
    one({ type: opType.Scale, parameter: scale(4) }),
    /expected input 0 in NC4HW4/,
  ],
  'a PReLU of channels that are not packed': [
    one({ type: opType.PReLU, parameter: slopes(4) }, [2, 4]),
    /expected input 0 in NC4HW4/,
  ],
  'a global pooling of channels that are not packed': [
    one({ type: opType.Pooling3D, parameter: globalPool }, [4, 3, 7]),
    /expected input 0 in NC4HW4/,
  ],
  'samples of channels that are not packed': [grid(format.NCHW), /expected input 0 in NC4HW4/],
  'boxes of channels that are not packed': [boxes({ dataFormat: format.NCHW }), /expected input 0 in NC4HW4/],
  'pooled boxes of channels that are not packed': [
    boxes({ type: opType.ROIPooling, dataFormat: format.NCHW }),
    /expected input 0 in NC4HW4/,
  ],
  'the gradient of boxes without one to pass on': [
    boxes({ type: opType.ROIPooling, gradient: 1 }),
    /does not take 2 inputs/,
  ],
  'a gradient for boxes that are pooled': [
    boxes({ type: opType.ROIPooling, inputs: [0, 1, 0] }),
    /does not take 3 inputs/,
  ],
  'boxes of more samples than memory holds': [
    boxes({ pooled: 1 << 10, ratio: 1 << 9 }),
    /samples of a box: from 0 to 4194304, received 274877906944/,
  ],
  'a softmax of a packed vector': [
    packed({ type: opType.Softmax, parameter: lastAxis }, [3]),
    /a number of dimensions from 2 to 8, received 1/,
  ],
}

for (const [what, [file, message]] of Object.entries(unsound)) {
  t.test(`refused: ${what}`, async (t) => {
    await t.rejects(runZeros(file), { code: 'TWINFER_MODEL_INVALID', message })
  })
}

t.test('the same operators with right parameters, packed as the converter packs them, run', async (t) => {
  const x = Float32Array.from({ length: 144 }, (_, i) => i - 72)
  const firstOf = async (file: Uint8Array, inputs: Record<string, Float32Array> = { x }) => {
    await using model = await open(file, options)
    return Object.values(await model.run(inputs))[0]!
  }
  t.same(
    (await firstOf(packed({ type: opType.Scale, parameter: scale(4) }))).data,
    x.map((v) => 2 * v + 1),
  )
  t.same((await firstOf(packed({ type: opType.PReLU, parameter: slopes(4) }))).data, x.map(Math.abs))
  // One slope for all of them needs no packs.
  t.same((await firstOf(one({ type: opType.PReLU, parameter: slopes(1) }))).data, x.map(Math.abs))
  const means = await firstOf(packed({ type: opType.Pooling3D, parameter: globalPool }))
  t.same(Array.from(means.data as Float32Array, tenths), [-54.5, -18.5, 17.5, 53.5])
  t.same((await firstOf(one({ type: opType.Softmax, parameter: lastAxis }, [144]))).shape, [144])
  t.same(
    [...(await firstOf(best(format.NCHW), { x: x.subarray(0, 12) })).data],
    [-71, -69, -67, -65, -63, -61],
  )
  t.same((await firstOf(one({ type: opType.Identity }))).data, x)
  t.same(
    (await firstOf(grid(format.NC4HW4), { x: x.subarray(0, 48), grid: new Float32Array(8) })).shape,
    [1, 3, 2, 2],
  )
  const histogram = await firstOf(one({ type: opType.Histogram, parameter: bins(4, -72, 72) }))
  t.same([...histogram.data], [36, 36, 36, 36])
})

t.test('what a network made for other sizes is not looked at again', async (t) => {
  const files = [
    packed(
      {
        type: opType.PoolGrad,
        inputs: [0, 0, 0],
        parameter: tableParameter(31, { 2: ['int8', 1], 7: ['int8', 1] }),
      },
      [3, 14, 3, 1],
    ),
    packed({ type: opType.Pooling3D, parameter: globalPool }, [1, 4, 2, 3, 3]),
  ]
  for (const file of files) {
    await using model = await open(file, options)
    const shape = model.inputs[0]!.shape as number[]
    for (const width of [3, 1, 2, 3]) {
      const dims = [...shape.slice(0, -1), width]
      const size = dims.reduce((a, b) => a * b, 1)
      await using fresh = await open(file, options)
      const x = new Tensor(
        Float32Array.from({ length: size }, (_, i) => i),
        dims,
      )
      t.same((await model.run({ x })).y1!.data, (await fresh.run({ x })).y1!.data)
    }
  }
})

t.test('boxes name images that there are', async (t) => {
  const x = Float32Array.from({ length: 16 }, (_, i) => i)
  const kinds = [opType.ROIAlign, opType.ROIPooling].flatMap((type) => [
    [type, 'fp32'] as const,
    [type, 'bf16'] as const, // the boxes are of two bytes each, too
  ])
  for (const [type, precision] of kinds) {
    await using model = await open(boxes({ type }), { ...options, precision })
    const run = async (...box: number[]) => model.run({ x, boxes: Float32Array.from(box) })
    const expected = type === opType.ROIAlign ? [3.75, 5.25, 9.75, 11.25] : [5, 7, 13, 15]
    t.same([...(await run(0, 0, 0, 3, 3)).y!.data], expected)
    for (const box of [
      [1, 0, 0, 3, 3],
      [-1, 0, 0, 3, 3],
      [3e9, 0, 0, 3, 3],
      [Number.NaN, 0, 0, 3, 3],
      [0, Number.NaN, 0, 3, 3],
      [0, 0, 0, 3e9, 3],
    ]) {
      await t.rejects(run(...box), { code: 'TWINFER_ENGINE_FAILED' }, box.join())
    }
    t.same([...(await run(0, 0, 0, 3, 3)).y!.data], expected)
  }
  await using sampled = await open(boxes({ ratio: 0 }), options)
  await t.rejects(sampled.run({ x, boxes: Float32Array.of(0, 0, 0, 1e5, 1e5) }), {
    code: 'TWINFER_ENGINE_FAILED',
  })
})

t.test('indices are taken apart by sizes of which one is 0', async (t) => {
  for (const [sizes, expected] of [
    [
      [2, 2, 3],
      [1, 0, 0, 1, 1, 2],
    ],
    [
      [2, 0, 3],
      [0, 0, 2, 1, 1, 2],
    ],
  ] as const) {
    const file = mnnFile({
      tensors: ['x', 'sizes', 'y'],
      operators: [
        { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([2], format.NCHW, 3) },
        { type: opType.Const, name: 'sizes', outputs: [1], parameter: integersOf(sizes) },
        { type: opType.UnravelIndex, name: 'layer', inputs: [0, 1], outputs: [2] },
      ],
    })
    await using model = await open(file, options)
    t.same([...(await model.run({ x: Int32Array.of(7, 5) })).y!.data], expected, sizes.join())
  }
})

t.test('an attempt that fails half way leaves nothing behind', async (t) => {
  const file = one(
    {
      type: opType.Interp3D,
      parameter: tableParameter(22, { 0: ['float', 1], 1: ['float', 0.5], 3: ['int32', 4], 4: ['int32', 1] }),
    },
    [11, 2, 4, 1],
    format.NHWC,
  )
  // What was given back to an allocator that is gone ended the process a while later.
  for (let i = 0; i < 300; i++)
    await t.rejects(open(file, { ...options, precision: 'bf16' }), { code: 'TWINFER_ENGINE_FAILED' })
})
