// Shapes other than those that an .mnn declares: MNN sizes the model anew, and a layer that cannot take them is named.
import t from 'tap'
import { open, Tensor } from 'twinfer'
import { Interpreter } from 'twinfer/mnn'
import {
  convolutionFile,
  convolutionParameter,
  inputParameter,
  type MnnOperator,
  mnnFile,
  operatorFile,
  opType,
  tableParameter,
  unaryParameter,
} from '../helpers/mnnFile.js'

const layer = { inputs: 3, outputs: 2, weights: [1, 2, 3, 4, 5, 6], biases: [0, 1] }
const options = { engine: 'mnn', precision: 'fp32', threads: 1 } as const
const ramp = (shape: readonly number[], start: number) =>
  new Tensor(
    Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      (_, i) => start + i / 8,
    ),
    shape,
  )
const reshape = (dims: readonly number[]): MnnOperator => ({
  type: opType.Reshape,
  parameter: tableParameter(55, { 0: ['ints', dims] }),
})

t.test('a batch of several is what each of them gives alone', async (t) => {
  await using model = await open(convolutionFile([1, 3, 2, 2], layer), options)
  t.same(model.inputs[0]!.shape, [1, 3, 2, 2], 'what the file declares stays visible')
  const images = [1, 2, 3, 4].map((seed) => ramp([1, 3, 2, 2], seed))
  const batch = new Tensor(
    Float32Array.from(images.flatMap(({ data }) => [...(data as Float32Array)])),
    [4, 3, 2, 2],
  )
  const { y } = await model.run({ x: batch })
  t.same(y!.shape, [4, 2, 2, 2])
  for (const [i, image] of images.entries()) {
    const alone = await model.run({ x: image })
    t.same(alone.y!.shape, [1, 2, 2, 2], 'and back to the declared shape')
    // Tiles, and with them the last bits, may depend on the batch.
    for (const [at, value] of alone.y!.data.entries())
      t.ok(Math.abs(Number(y!.data[i * 8 + at]) - Number(value)) < 1e-5, `item ${i}, element ${at}`)
  }
})

t.test('another size runs where every layer takes it, also when it is given to open()', async (t) => {
  await using model = await open(convolutionFile([1, 3, 2, 2], layer), {
    ...options,
    inputShapes: { x: [2, 3, 5, 7] },
  })
  const { y } = await model.run({ x: ramp([2, 3, 5, 7], 1) })
  t.same(y!.shape, [2, 2, 5, 7])
})

t.test('a bare array takes the declared shape', async (t) => {
  await using model = await open(convolutionFile([1, 3, 2, 2], layer), options)
  await model.run({ x: ramp([4, 3, 2, 2], 1) })
  const { y } = await model.run({ x: new Float32Array(12) })
  t.same(y!.shape, [1, 2, 2, 2])
})

t.test('other channels, and another number of dimensions, are refused', async (t) => {
  await using model = await open(convolutionFile([1, 3, 2, 2], layer), options)
  for (const shape of [
    [1, 4, 2, 2],
    [3, 2, 2],
    [1, 1, 3, 2, 2],
  ]) {
    await t.rejects(model.run({ x: Tensor.zeros(shape) }), {
      code: 'TWINFER_SHAPE_MISMATCH',
      message: /expected shape \[1,3,2,2\]/,
    })
  }
})

t.test('a size that one layer cannot take names it, and the model runs on with its own', async (t) => {
  await using model = await open(operatorFile([1, 3, 2, 2], reshape([1, 12])), options)
  await t.rejects(model.run({ x: Tensor.zeros([1, 3, 2, 3]) }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /inputs x\[1,3,2,3\]: layer 'layer' \(Reshape\)/,
    help: /x\[1,3,2,2\]/,
  })
  const x = ramp([1, 3, 2, 2], 3)
  const { y1 } = await model.run({ x })
  t.same([y1!.shape, [...y1!.data]], [[1, 12], [...x.data]])
})

t.test('a size of 0 in the file is open, as -1 is', async (t) => {
  for (const size of [0, -1]) {
    await using model = await open(convolutionFile([1, 3, size, size], layer), options)
    t.same(model.inputs[0]!.shape, [1, 3, -1, -1])
    const { y } = await model.run({ x: ramp([1, 3, 4, 5], 1) })
    t.same(y!.shape, [1, 2, 4, 5])
    await using sized = await open(convolutionFile([1, 3, size, size], layer), {
      ...options,
      inputShapes: { x: [1, 3, 2, 2] },
    })
    t.same((await sized.run({ x: ramp([1, 3, 2, 2], 1) })).y!.shape, [1, 2, 2, 2])
  }
})

t.test(
  'a file whose own shapes do not fit is at fault, and its layer named with what comes before it',
  async (t) => {
    const file = mnnFile({
      tensors: ['x', 'turned', 'y'],
      operators: [
        { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([3, 1, 2, 2]) },
        {
          type: opType.Permute,
          name: 'turn',
          inputs: [0],
          outputs: [1],
          parameter: tableParameter(29, { 0: ['ints', [0, 1, 3, 2]] }),
        },
        {
          type: opType.Convolution,
          name: 'conv',
          inputs: [1],
          outputs: [2],
          parameter: convolutionParameter(layer),
        },
      ],
    })
    await t.rejects(open(file, options), {
      code: 'TWINFER_MODEL_INVALID',
      message:
        /x\[3,1,2,2\]\): layer 'conv' \(Convolution\) gets 1 channel and has weights for 3, behind 'turn'$/,
      help: /The file is at fault, not the input/,
    })
  },
)

t.test('layers whose channels MNN itself does not compare', async (t) => {
  const wrong: Record<string, Uint8Array> = {
    'a depthwise convolution': convolutionFile(
      [1, 4, 2, 2],
      { inputs: 0, outputs: 2, weights: [1, 2], biases: [0, 0], group: 2 },
      { type: opType.ConvolutionDepthwise },
    ),
    'a convolution that does not say its channels': convolutionFile([1, 4, 2, 2], { ...layer, inputs: 0 }),
    'a scale': operatorFile([1, 4, 2, 2], {
      type: opType.Scale,
      parameter: tableParameter(58, { 0: ['int32', 2], 1: ['floats', [1, 2]], 2: ['floats', [0, 0]] }),
    }),
    'a PReLU': operatorFile([1, 4, 2, 2], {
      type: opType.PReLU,
      parameter: tableParameter(32, { 0: ['int32', 2], 1: ['floats', [1, 2]] }),
    }),
    'a dense layer': operatorFile([1, 5], {
      type: opType.InnerProduct,
      parameter: tableParameter(20, {
        0: ['int32', 2],
        3: ['floats', Array(8).fill(1)],
        4: ['floats', [0, 0]],
      }),
    }),
  }
  for (const [what, file] of Object.entries(wrong)) {
    await t.rejects(open(file, options), { code: 'TWINFER_MODEL_INVALID', message: /gets|channels/ }, what)
  }
})

t.test('the direct binding says the same', async (t) => {
  const interpreter = Interpreter.createFromBuffer(operatorFile([1, 3, 2, 2], reshape([1, 12])))
  const session = interpreter.createSession({ numThread: 1 })
  session.resizeTensor(session.getSessionInput(), [1, 3, 2, 3])
  t.throws(() => session.resizeSession(), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /layer 'layer' \(Reshape\)/,
  })
  session.resizeTensor(session.getSessionInput(), [1, 3, 2, 2])
  session.resizeSession()
  session.getSessionInput().copyFromHost(Tensor.zeros([1, 3, 2, 2]))
  session.runSession()
  t.same(session.getSessionOutput().copyToHost().shape, [1, 12])
})

t.test('data of another type are told how to become the right one', async (t) => {
  const file = operatorFile([2], { type: opType.UnaryOp, parameter: unaryParameter(1) })
  await using model = await open(file, options)
  for (const data of [new BigInt64Array(2), new Int32Array(2)]) {
    await t.rejects(model.run({ x: new Tensor(data, [2]) }), {
      code: 'TWINFER_DTYPE_MISMATCH',
      help: /Float32Array\.from\(data, Number\)/,
    })
  }
})

t.test('what inputShapes says is the shape of the input: of a bare array, and in inputs', async (t) => {
  for (const dims of [
    [1, 3, 2, 2],
    [1, 3, -1, -1],
  ]) {
    await using model = await open(convolutionFile(dims, layer), {
      ...options,
      inputShapes: { x: [4, 3, 2, 2] },
    })
    t.same(model.inputs[0]!.shape, [4, 3, 2, 2])
    t.same(model.outputs[0]!.shape, [4, 2, 2, 2])
    const { y } = await model.run({ x: new Float32Array(48) })
    t.same(y!.shape, [4, 2, 2, 2])
    const one = await model.run({ x: ramp([1, 3, 2, 2], 1) })
    t.same(one.y!.shape, [1, 2, 2, 2], 'another batch still runs')
    await t.rejects(model.run({ x: ramp([4, 3, 5, 5], 1) }), {
      code: 'TWINFER_SHAPE_MISMATCH',
      message: /expected \[4,3,2,2\] as inputShapes says, received \[4,3,5,5\]/,
    })
  }
  await t.rejects(
    open(convolutionFile([1, 3, 2, 2], layer), { ...options, inputShapes: { x: [1, 3, 0, 0] } }),
    {
      code: 'TWINFER_INVALID_OPTION',
      message: /inputShapes\.x with sizes of 1 or more, received \[1,3,0,0\]/,
    },
  )
})

t.test('rows of another length run', async (t) => {
  const softmax = { type: opType.Softmax, parameter: tableParameter(4, { 0: ['int32', -1] }) }
  await using model = await open(operatorFile([1, 5], softmax), options)
  for (const length of [7, 5, 2]) {
    const { y1 } = await model.run({ x: new Tensor(new Float32Array(length), [1, length]) })
    t.same(
      [...y1!.data].map((value) => Number(value).toFixed(4)),
      Array(length).fill((1 / length).toFixed(4)),
    )
  }
})
