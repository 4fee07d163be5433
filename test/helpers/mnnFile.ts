import { Builder, type Offset } from 'flatbuffers'

/** Parameters of an operator: their kind (OpParameter) and what writes them. */
export interface MnnParameter {
  readonly kind: number
  readonly build: (builder: Builder) => Offset
}

export interface MnnOperator {
  readonly type: number
  readonly name?: string
  readonly inputs?: readonly number[]
  readonly outputs?: readonly number[]
  readonly parameter?: MnnParameter
  readonly externalPath?: string
}

export interface MnnFile {
  readonly tensors: readonly string[]
  readonly operators: readonly MnnOperator[]
  /** 2: INFERENCE_STATIC. */
  readonly usage?: number
  /** What loops and branches run. */
  readonly subgraphs?: readonly MnnSubgraph[]
}

export interface MnnSubgraph extends Pick<MnnFile, 'tensors' | 'operators'> {
  readonly inputs?: readonly number[]
  readonly outputs?: readonly number[]
}

/** OpType values of MNN's schema. */
export const opType = {
  ArgMax: 2,
  Attention: 299,
  BinaryOp: 7,
  Concat: 10,
  Const: 11,
  Convolution: 12,
  ConvolutionDepthwise: 13,
  ConvInt8: 513,
  Deconvolution: 17,
  DeconvolutionDepthwise: 18,
  Dequantize: 19,
  DepthwiseConvInt8: 515,
  Det: 149,
  Eltwise: 22,
  Fill: 27,
  FloatToInt8: 517,
  GatherV2: 31,
  GridSample: 604,
  Histogram: 154,
  Identity: 262,
  Im2Col: 29,
  ImageProcess: 16,
  Int8ToFloat: 514,
  InnerProduct: 33,
  Input: 34,
  MatrixBandPart: 114,
  NonMaxSuppressionV2: 42,
  Interp3D: 122,
  OneHot: 119,
  Pack: 44,
  Padding: 45,
  Permute: 46,
  PoolGrad: 263,
  Pooling: 47,
  Pooling3D: 112,
  PReLU: 49,
  ROIAlign: 143,
  ROIPooling: 76,
  ReLU6: 70,
  Reduction: 68,
  Reshape: 73,
  Resize: 74,
  ReverseSequence: 111,
  Scale: 77,
  ScatterElements: 151,
  SetDiff1D: 260,
  Slice: 83,
  Softmax: 85,
  StridedSlice: 91,
  TopKV2: 99,
  Unpack: 102,
  UnaryOp: 101,
  UnravelIndex: 117,
  Unsqueeze: 107,
  Where: 103,
  DepthToSpace: 109,
  MoE: 40,
  Raster: 128,
  LinearAttention: 305,
  Extra: 512,
  EltwiseInt8: 518,
  If: 601,
  LayerNorm: 603,
} as const

/** MNN_DATA_FORMAT values. */
export const format = { NCHW: 0, NHWC: 1, NC4HW4: 2 } as const

/** A .mnn put together table by table, so that it can be wrong in one place. */
export function mnnFile({ tensors, operators, usage = 0, subgraphs = [] }: MnnFile): Uint8Array {
  const builder = new Builder(1024)
  const offsets = operators.map((operator) => operatorTable(builder, operator))
  const oplists = offsetVector(builder, offsets)
  const names = offsetVector(
    builder,
    tensors.map((name) => builder.createString(name)),
  )
  const bodies = offsetVector(
    builder,
    subgraphs.map((subgraph) => subgraphTable(builder, subgraph)),
  )
  builder.startObject(12)
  builder.addFieldOffset(3, oplists, 0)
  builder.addFieldOffset(7, names, 0)
  builder.addFieldInt8(9, usage, 0)
  if (subgraphs.length > 0) builder.addFieldOffset(10, bodies, 0)
  builder.finish(builder.endObject())
  return builder.asUint8Array().slice()
}

function subgraphTable(builder: Builder, { tensors, operators, inputs, outputs }: MnnSubgraph): Offset {
  const name = builder.createString('body')
  const names = offsetVector(
    builder,
    tensors.map((tensor) => builder.createString(tensor)),
  )
  const nodes = offsetVector(
    builder,
    operators.map((operator) => operatorTable(builder, operator)),
  )
  const given = inputs && intVector(builder, inputs)
  const made = outputs && intVector(builder, outputs)
  builder.startObject(5)
  builder.addFieldOffset(0, name, 0)
  if (given !== undefined) builder.addFieldOffset(1, given, 0)
  if (made !== undefined) builder.addFieldOffset(2, made, 0)
  builder.addFieldOffset(3, names, 0)
  builder.addFieldOffset(4, nodes, 0)
  return builder.endObject()
}

/** `dtype` is a value of MNN's DataType: 1 fp32, 4 uint8. */
export function inputParameter(
  dims: readonly number[],
  dataFormat: number = format.NCHW,
  dtype = 1,
): MnnParameter {
  return {
    kind: 21,
    build: (builder) => {
      const dimensions = intVector(builder, dims)
      builder.startObject(3)
      builder.addFieldOffset(0, dimensions, 0)
      builder.addFieldInt32(1, dtype, 1)
      builder.addFieldInt8(2, dataFormat, 2)
      return builder.endObject()
    },
  }
}

export interface Convolution {
  readonly inputs: number
  readonly outputs: number
  readonly weights: readonly number[]
  readonly biases: readonly number[]
  readonly stride?: number
  readonly group?: number
  /** Compressed weights instead: as many bytes of them, of IDSTQuan's type 4 (int8) or 3 (fp16). */
  readonly quantised?: {
    readonly weights: readonly number[]
    readonly scales: readonly number[]
    readonly type?: 3 | 4
    /** Whether the file asks for integer arithmetic, as old ones do. */
    readonly hasScaleInt?: boolean
  }
}

/** A convolution of 1x1. */
export function convolutionParameter(layer: Convolution): MnnParameter {
  return {
    kind: 9,
    build: (builder) => {
      const weights = floatVector(builder, layer.weights)
      const biases = floatVector(builder, layer.biases)
      const quantised = layer.quantised && quantisedWeights(builder, layer.quantised)
      builder.startObject(17)
      builder.addFieldInt32(4, layer.stride ?? 1, 1)
      builder.addFieldInt32(5, layer.stride ?? 1, 1)
      builder.addFieldInt32(9, layer.group ?? 1, 1)
      builder.addFieldInt32(10, layer.outputs, 0)
      builder.addFieldInt32(11, layer.inputs, 0)
      const common = builder.endObject()
      builder.startObject(7)
      builder.addFieldOffset(0, common, 0)
      builder.addFieldOffset(1, weights, 0)
      builder.addFieldOffset(2, biases, 0)
      builder.addFieldOffset(3, quantised ?? 0, 0)
      return builder.endObject()
    },
  }
}

function quantisedWeights(builder: Builder, layer: NonNullable<Convolution['quantised']>) {
  const { weights, scales, type = 4, hasScaleInt = false } = layer
  const buffer = byteVector(builder, weights)
  const alpha = floatVector(builder, scales)
  builder.startObject(19)
  builder.addFieldOffset(0, buffer, 0)
  builder.addFieldOffset(1, alpha, 0)
  builder.addFieldInt32(2, type, 0)
  builder.addFieldFloat32(4, 1, 0)
  builder.addFieldInt8(10, Number(hasScaleInt), 0)
  return builder.endObject()
}

/**
 * A convolution from 2 to 2 channels whose weights lie elsewhere: [offset, bytes of weights, bytes of biases], or with a
 * type of compression (IDSTQuan's) [offset, bytes of weights, bytes of scales, bytes of biases].
 */
export function externalParameter(place: readonly number[], compression?: number): MnnParameter {
  return {
    kind: 9,
    build: (builder) => {
      builder.startVector(8, place.length, 8)
      for (const value of place.toReversed()) builder.addInt64(BigInt(value))
      const external = builder.endVector()
      let quantised = 0
      if (compression !== undefined) {
        builder.startObject(19)
        builder.addFieldInt32(2, compression, 0)
        builder.addFieldFloat32(4, 1, 0)
        builder.addFieldInt32(8, -1, 0)
        quantised = builder.endObject()
      }
      builder.startObject(17)
      builder.addFieldInt32(10, 2, 0)
      builder.addFieldInt32(11, 2, 0)
      const common = builder.endObject()
      builder.startObject(7)
      builder.addFieldOffset(0, common, 0)
      builder.addFieldOffset(3, quantised, 0)
      builder.addFieldOffset(6, external, 0)
      return builder.endObject()
    },
  }
}

export function blobParameter(dims: readonly number[], values: readonly number[]): MnnParameter {
  return {
    kind: 7,
    build: (builder) => {
      const dimensions = intVector(builder, dims)
      const floats = floatVector(builder, values)
      builder.startObject(10)
      builder.addFieldOffset(0, dimensions, 0)
      builder.addFieldOffset(7, floats, 0)
      return builder.endObject()
    },
  }
}

type Field =
  | readonly [
      'int8' | 'int32' | 'float' | 'bytes' | 'ints' | 'floats' | 'text',
      number | string | readonly number[],
    ]
  | readonly ['table', MnnParameter]

/** Parameters of any kind, by the places of its fields in MNN's schema. */
export function tableParameter(kind: number, fields: Readonly<Record<number, Field>>): MnnParameter {
  return {
    kind,
    build: (builder) => {
      const written = Object.entries(fields).map(([slot, [type, value]]) => {
        if (type === 'bytes') return [Number(slot), type, byteVector(builder, value as number[])] as const
        if (type === 'ints') return [Number(slot), type, intVector(builder, value as number[])] as const
        if (type === 'floats') return [Number(slot), type, floatVector(builder, value as number[])] as const
        if (type === 'text') return [Number(slot), type, builder.createString(value as string)] as const
        if (type === 'table') return [Number(slot), type, value.build(builder)] as const
        return [Number(slot), type, value as number] as const
      })
      builder.startObject(20)
      for (const [slot, type, value] of written) {
        if (type === 'int8') builder.addFieldInt8(slot, value, -128)
        else if (type === 'int32') builder.addFieldInt32(slot, value, -(2 ** 31))
        else if (type === 'float') builder.addFieldFloat32(slot, value, Number.NaN)
        else builder.addFieldOffset(slot, value, 0)
      }
      return builder.endObject()
    },
  }
}

/** `y = operator(x)` over an input of these sizes. */
export function operatorFile(
  dims: readonly number[],
  operator: MnnOperator,
  {
    dataFormat = format.NCHW,
    dtype,
    outputs = 1,
  }: { dataFormat?: number; dtype?: number; outputs?: number } = {},
): Uint8Array {
  const made = Array.from({ length: outputs }, (_, i) => i + 1)
  return mnnFile({
    tensors: ['x', ...made.map((i) => `y${i}`)],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(dims, dataFormat, dtype) },
      { name: 'layer', inputs: [0], outputs: made, ...operator },
    ],
  })
}

/** An element-wise function; `operation` is a value of MNN's UnaryOpOperation. */
export function unaryParameter(operation: number): MnnParameter {
  return {
    kind: 70,
    build: (builder) => {
      builder.startObject(3)
      builder.addFieldInt32(0, operation, 0)
      return builder.endObject()
    },
  }
}

/** `y = convolution(x)`, with any part replaced. */
export function convolutionFile(
  dims: readonly number[],
  layer: Convolution,
  { dataFormat = format.NCHW, ...changes }: { dataFormat?: number } & Partial<MnnOperator> = {},
): Uint8Array {
  return mnnFile({
    tensors: ['x', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter(dims, dataFormat) },
      {
        type: opType.Convolution,
        name: 'conv',
        inputs: [0],
        outputs: [1],
        parameter: convolutionParameter(layer),
        ...changes,
      },
    ],
  })
}

function operatorTable(builder: Builder, operator: MnnOperator): Offset {
  const main = operator.parameter?.build(builder)
  const inputs = operator.inputs && intVector(builder, operator.inputs)
  const outputs = operator.outputs && intVector(builder, operator.outputs)
  const name = operator.name === undefined ? 0 : builder.createString(operator.name)
  const externalPath = operator.externalPath === undefined ? 0 : builder.createString(operator.externalPath)
  builder.startObject(8)
  if (inputs !== undefined) builder.addFieldOffset(0, inputs, 0)
  builder.addFieldInt8(1, operator.parameter?.kind ?? 0, 0)
  if (main !== undefined) builder.addFieldOffset(2, main, 0)
  builder.addFieldOffset(3, name, 0)
  if (outputs !== undefined) builder.addFieldOffset(4, outputs, 0)
  builder.addFieldInt32(5, operator.type, 0)
  builder.addFieldOffset(7, externalPath, 0)
  return builder.endObject()
}

function intVector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4)
  for (const value of values.toReversed()) builder.addInt32(value)
  return builder.endVector()
}

function byteVector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(1, values.length, 1)
  for (const value of values.toReversed()) builder.addInt8(value)
  return builder.endVector()
}

function floatVector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4)
  for (const value of values.toReversed()) builder.addFloat32(value)
  return builder.endVector()
}

function offsetVector(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4)
  for (const offset of offsets.toReversed()) builder.addOffset(offset)
  return builder.endVector()
}
