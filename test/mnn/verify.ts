// What MNN would crash on is refused before it sees it (docs/engines.md, H9, H10).
import { readFileSync } from 'node:fs'
import t from 'tap'
import { Interpreter } from 'twinfer/mnn'
import { fixture } from '../helpers/fixtures.js'
import {
  blobParameter,
  type Convolution,
  convolutionFile,
  inputParameter,
  type MnnOperator,
  mnnFile,
  opType,
} from '../helpers/mnnFile.js'

const layer: Convolution = { inputs: 3, outputs: 2, weights: [1, 2, 3, 4, 5, 6], biases: [0, 1] }
const planes: Convolution = { inputs: 2, outputs: 2, group: 2, weights: [1, 2], biases: [0, 1] }
const dims = [1, 3, 2, 2]
const input: MnnOperator = { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(dims) }
const negate: MnnOperator = {
  type: opType.UnaryOp,
  inputs: [0],
  outputs: [1],
  parameter: {
    kind: 70,
    build: (builder) => {
      builder.startObject(3)
      builder.addFieldInt32(0, 1, 0)
      return builder.endObject()
    },
  },
}
const integers = (changes: Partial<NonNullable<Convolution['quantised']>>): Convolution => ({
  ...layer,
  weights: [],
  quantised: { weights: layer.weights, scales: [1, 1], hasScaleInt: true, ...changes },
})
const pair = (...operators: MnnOperator[]) => mnnFile({ tensors: ['x', 'y'], operators })

t.test('a sound file passes', async (t) => {
  t.ok(Interpreter.createFromBuffer(convolutionFile(dims, layer)))
  t.ok(Interpreter.createFromBuffer(pair(input, negate)))
  t.ok(Interpreter.createFromBuffer(convolutionFile(dims, integers({}))))
  const quantised = { ...planes, weights: [], quantised: { weights: [1, 2], scales: [1, 1] } }
  t.ok(
    Interpreter.createFromBuffer(
      convolutionFile([1, 2, 2, 2], quantised, { type: opType.DepthwiseConvInt8 }),
    ),
  )
})

const unsound: Record<string, [Uint8Array, RegExp]> = {
  'an input index beyond the tensors': [convolutionFile(dims, layer, { inputs: [7] }), /tensor 7 of 2/],
  'a negative output index': [convolutionFile(dims, layer, { outputs: [-1] }), /tensor -1 of 2/],
  'no inputs at all': [convolutionFile(dims, layer, { inputs: [] }), /expected 1 inputs, received 0/],
  'no outputs at all': [pair({ ...input, outputs: [] }), /0 outputs instead of 1/],
  'a tensor used before it is made': [pair(negate, input), /no earlier operator makes/],
  'a tensor made twice': [pair(input, input), /'x' a second time/],
  'parameters of another kind': [
    pair(input, { ...negate, type: opType.Convolution }),
    /expected parameters of kind Convolution2D, received UnaryOp/,
  ],
  'no parameters where they are taken for granted': [
    pair(input, { type: opType.UnaryOp, inputs: [0], outputs: [1] }),
    /kind UnaryOp, received none/,
  ],
  'nine dimensions': [
    pair({ ...input, parameter: inputParameter(Array(9).fill(1)) }, negate),
    /9 dimensions/,
  ],
  'a negative dimension': [pair({ ...input, parameter: inputParameter([1, -5]) }, negate), /dimension -5/],
  'an input of 2 GiB and more': [
    pair({ ...input, parameter: inputParameter([1, 4096, 4096, 64]) }, negate),
    /2 GiB/,
  ],
  'fewer weights than the channels need': [
    convolutionFile(dims, { ...layer, weights: [1, 2, 3] }),
    /expected 6 weights, received 3/,
  ],
  'fewer biases than outputs': [
    convolutionFile(dims, { ...layer, biases: [0] }),
    /expected 2 biases, received 1/,
  ],
  'more biases than outputs': [
    convolutionFile(dims, { ...layer, biases: [0, 0, 0] }),
    /expected 2 biases, received 3/,
  ],
  'more biases than planes': [
    convolutionFile([1, 2, 2, 2], { ...planes, biases: [0, 0, 0] }, { type: opType.ConvolutionDepthwise }),
    /expected 2 biases, received 3/,
  ],
  'scales of blocks for an operator that has room for one of each output': [
    convolutionFile(
      [1, 2, 2, 2],
      { ...planes, weights: [], quantised: { weights: [1, 2], scales: Array(64).fill(1) } },
      { type: opType.DepthwiseConvInt8 },
    ),
    /expected 2 scales, received 64/,
  ],
  'integer arithmetic with weights of fp16': [
    convolutionFile(dims, integers({ weights: Array(12).fill(0), type: 3 })),
    /integer arithmetic without integer weights/,
  ],
  'integer arithmetic without scales': [
    convolutionFile(dims, integers({ scales: [] })),
    /scales, received 0/,
  ],
  'integer arithmetic of a deconvolution': [
    convolutionFile(dims, integers({}), { type: opType.Deconvolution }),
    /integer arithmetic, which MNN has no code for/,
  ],
  'groups that do not divide the channels': [convolutionFile(dims, { ...layer, group: 5 }), /5 groups/],
  'a stride of zero': [convolutionFile(dims, { ...layer, stride: 0 }), /stride of 0/],
  'a constant with too little data': [
    pair({ type: opType.Const, name: 'c', outputs: [0], parameter: blobParameter([4], [1, 2]) }, negate),
    /expected 16 bytes of data, received 8/,
  ],
  'a file of its own for an operator': [
    convolutionFile(dims, layer, { externalPath: '/etc/passwd' }),
    /names a file of its own/,
  ],
  'a branch without its subgraphs': [
    pair(input, {
      type: opType.If,
      inputs: [0],
      outputs: [1],
      parameter: {
        kind: 86,
        build: (builder) => {
          builder.startObject(4)
          return builder.endObject()
        },
      },
    }),
    /names no subgraph/,
  ],
  'a subgraph with an output that nothing makes': [
    mnnFile({
      tensors: ['x', 'y'],
      operators: [input, negate],
      subgraphs: [{ tensors: ['a', 'b', 'c'], operators: [negate], inputs: [0], outputs: [2] }],
    }),
    /no operator makes its output 'c'/,
  ],
  'a static model without descriptions': [
    mnnFile({ tensors: ['x', 'y'], operators: [input, negate], usage: 2 }),
    /static model without/,
  ],
}

for (const [what, [bytes, message]] of Object.entries(unsound)) {
  t.test(`refused: ${what}`, async (t) => {
    t.throws(() => Interpreter.createFromBuffer(bytes), { code: 'TWINFER_MODEL_INVALID', message })
  })
}

t.test('refused: an operator that this version has no code for', async (t) => {
  t.throws(() => Interpreter.createFromBuffer(pair(input, { ...negate, type: 599 })), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    message: /599/,
  })
})

t.test('a wrong file is called what it is', async (t) => {
  const refusal = (bytes: Uint8Array) => {
    try {
      Interpreter.createFromBuffer(bytes)
      return 'accepted'
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(refusal(new Uint8Array(0)), /an empty file/)
  t.match(refusal(new Uint8Array(4096)), /zero bytes/)
  t.match(refusal(Buffer.from('<!DOCTYPE html><title>404</title>')), /HTML/)
  t.match(refusal(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')), /Git LFS/)
  t.match(refusal(readFileSync(fixture('digits8-cnn/model.onnx'))), /ONNX/)
  t.match(refusal(readFileSync(fixture('digits8-cnn/model.ncnn.param'))), /ncnn \.param/)
  t.match(refusal(readFileSync(fixture('digits8-cnn/model.ncnn.bin'))), /ncnn \.bin/)
  t.match(refusal(readFileSync(fixture('digits8-cnn/input.npy'))), /\.npy/)
})

t.test('a file that was cut short is told apart from a damaged one', async (t) => {
  const whole = readFileSync(fixture('digits8-cnn/model.mnn'))
  for (const length of [whole.length - 1, whole.length - 4, whole.length >> 1, whole.length >> 4]) {
    t.throws(
      () => Interpreter.createFromBuffer(whole.subarray(0, length)),
      { code: 'TWINFER_MODEL_TRUNCATED' },
      `${length} of ${whole.length} bytes`,
    )
  }
})
