import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../../onnx/graph/OnnxGraph.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { Extremes } from '../weights/decodeValues.js'
import type { StoredTensor } from '../weights/StoredTensor.js'

interface WeightUse {
  /** The axis of the output channels, which engines put first; or the gates of a recurrent layer. */
  readonly rows: 'first' | 'second' | 'gates' | 'any'
  /** Of a transposed convolution, whose two first axes are the other way round in each group. */
  readonly groups: number
  /** What each output channel, or all of them, is multiplied by behind the layer: converters fold it in. */
  readonly scales?: Float32Array | undefined
}

/** One of equal parts that a converter cuts a weight into: a direction of a recurrent layer, a group of a convolution. */
interface WeightPart {
  readonly index: number
  readonly of: number
}

/** A weight of the source model that a converter may have kept. */
export class SourceWeight {
  readonly shape: readonly number[]
  readonly count: number

  constructor(
    readonly name: string,
    readonly use: WeightUse,
    private readonly initializer: OnnxInitializer,
    private readonly part?: WeightPart,
  ) {
    const [first = 1, ...rest] = initializer.shape
    const isDirection = use.rows === 'gates'
    this.shape = !part ? initializer.shape : isDirection ? rest : [first / part.of, ...rest]
    this.count = elementsOf(this.shape)
  }

  /** Whether it is one of the pieces that a converter may cut a weight into. */
  get isPart(): boolean {
    return this.part !== undefined
  }

  /** Whether both stand for the same values, or for some of them. */
  overlaps({ name, part }: SourceWeight): boolean {
    if (name !== this.name) return false
    return part === undefined || this.part === undefined || part.index === this.part.index
  }

  /** Decoded anew at each call: together they may be larger than the memory. */
  values(): Float32Array {
    const { shape, dtype } = this.initializer
    const values = float32Values(new Tensor(this.initializer.data(), shape, { dtype: dtype! }))
    const floats = values instanceof Float32Array ? values : Float32Array.from(values)
    if (this.part === undefined) return floats
    return floats.slice(this.part.index * this.count, (this.part.index + 1) * this.count)
  }
}

/**
 * The weights of a graph in the order of the nodes that use them: constants with two axes or more. Vectors are
 * left out: folding changes them beyond recognition.
 */
export function collectSourceWeights(graph: OnnxGraph): readonly SourceWeight[] {
  const constants = new OnnxConstants(graph)
  const folding = new Folding(graph, constants)
  const used = new Set<string>()
  return graph.nodes.flatMap((node) => {
    if (node.opType === 'Identity') return []
    return node.inputs.flatMap((name, index) => {
      const tensor = constants.get(name)
      if (!tensor || used.has(name) || !isFloat(tensor)) return []
      const { shape } = tensor
      if (shape.length < 2 || elementsOf(shape) < 4) return []
      used.add(name)
      const use = weightUse(node, index, folding)
      const whole = new SourceWeight(name, use, tensor)
      const of = partsOf(node, use, shape)
      if (of < 2) return [whole]
      const parts = Array.from({ length: of }, (_, at) => {
        const part = { ...use, groups: 1, scales: partOf(use.scales, at, of) }
        return new SourceWeight(name, part, tensor, { index: at, of })
      })
      return [whole, ...parts]
    })
  })
}

/** How many parts MNN's converter may cut it into; a depthwise convolution stays whole. */
function partsOf({ opType, attributes }: OnnxNode, { rows }: WeightUse, shape: readonly number[]): number {
  const [first = 1, second = 1] = shape
  if (rows === 'gates') return shape.length === 3 ? first : 1
  const group = Number(attributes.group ?? 1)
  const isGrouped = opType === 'Conv' ? second > 1 : opType === 'ConvTranspose' && group < first
  return isGrouped && group > 1 && first % group === 0 ? group : 1
}

function partOf(scales: Float32Array | undefined, index: number, of: number): Float32Array | undefined {
  if (!scales || scales.length === 1 || scales.length % of !== 0) return scales
  const size = scales.length / of
  return scales.slice(index * size, (index + 1) * size)
}

function weightUse(node: OnnxNode, input: number, folding: Folding): WeightUse {
  const { opType, attributes } = node
  const groups = opType === 'ConvTranspose' ? Number(attributes.group ?? 1) : 1
  const scales = folding.scalesBehind(node)
  const flag = input === 0 ? !attributes.transA : !!attributes.transB
  switch (opType) {
    case 'Conv':
      return { rows: 'first', groups, scales }
    case 'ConvTranspose':
      return { rows: 'second', groups, scales }
    case 'Gemm':
      return { rows: flag ? 'first' : 'second', groups, scales }
    case 'MatMul':
      return { rows: input === 0 ? 'first' : 'second', groups, scales }
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return { rows: 'gates', groups: 1 }
    default:
      return { rows: 'any', groups: 1 }
  }
}

const mostChannels = 1 << 20

/** What converters fold into the weights in front of it: batch norms and constant factors. */
class Folding {
  private readonly readers = new Map<string, OnnxNode[]>()

  constructor(
    { nodes, outputs }: OnnxGraph,
    private readonly constants: OnnxConstants,
  ) {
    for (const node of nodes)
      for (const input of node.inputs) this.readers.set(input, [...(this.readers.get(input) ?? []), node])
    // An output of the model has to stay as it is.
    for (const { name } of outputs) this.readers.delete(name)
  }

  /** The factor of each output channel, or one for all; undefined where nothing is folded. */
  scalesBehind(node: OnnxNode): Float32Array | undefined {
    let scales: Float32Array | undefined
    let blob = node.outputs[0] ?? ''
    for (;;) {
      const [reader, ...others] = this.readers.get(blob) ?? []
      if (!reader || others.length > 0) return scales
      const factors = this.factorsOf(reader, blob)
      if (factors === undefined) return scales
      const product = multiply(scales, factors)
      if (!product) return scales
      scales = product
      blob = reader.outputs[0] ?? ''
    }
  }

  /** Undefined for a node that is folded into nothing. */
  private factorsOf({ opType, inputs, attributes }: OnnxNode, blob: string): Float32Array | undefined {
    const constant = (index: number) => this.constants.floats(inputs[index], mostChannels)
    switch (opType) {
      case 'BatchNormalization': {
        const [scale, variance] = [constant(1), constant(4)]
        const epsilon = Number(attributes.epsilon ?? 1e-5)
        return variance && scale?.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon))
      }
      case 'Mul':
        return constant(inputs[0] === blob ? 1 : 0)
      case 'Div':
        return inputs[0] === blob ? constant(1)?.map((value) => 1 / value) : undefined
      case 'Add':
      case 'Sub':
        return constant(inputs[0] === blob ? 1 : 0) && Float32Array.of(1)
      default:
        return undefined
    }
  }
}

/** Undefined where they are of different lengths, of which one factor for all is none. */
function multiply(a: Float32Array | undefined, b: Float32Array): Float32Array | undefined {
  if (!a) return b
  if (b.length === 1) return a.map((value) => value * b[0]!)
  if (a.length === 1) return b.map((value) => value * a[0]!)
  return a.length === b.length ? a.map((value, index) => value * b[index]!) : undefined
}

const floats = new Set(['float32', 'float64', 'float16', 'bfloat16'])

/** The constants of a graph by name: initializers, Constant nodes (some exporters write all weights so) and their copies. */
class OnnxConstants {
  private readonly byName: Map<string, OnnxInitializer>

  constructor({ nodes, initializers }: OnnxGraph) {
    this.byName = new Map(initializers)
    for (const node of nodes) {
      const constant = this.made(node)
      if (constant) this.byName.set(node.outputs[0]!, constant)
    }
  }

  get(name: string): OnnxInitializer | undefined {
    return this.byName.get(name)
  }

  all(): Iterable<OnnxInitializer> {
    return new Set(this.byName.values())
  }

  /** The values of a constant of floats with at most `most` of them. */
  floats(name: string | undefined, most: number): Float32Array | undefined {
    const constant = name === undefined ? undefined : this.byName.get(name)
    return constant && elementsOf(constant.shape) <= most ? floatsOf(constant) : undefined
  }

  private made({ opType, attributes, inputs }: OnnxNode): OnnxInitializer | undefined {
    if (opType === 'Identity') return this.byName.get(inputs[0] ?? '')
    const value = opType === 'Constant' ? attributes.value : undefined
    return typeof value === 'object' && value !== null && 'data' in value ? value : undefined
  }
}

function isFloat({ dtype }: OnnxInitializer): boolean {
  return dtype !== null && floats.has(dtype)
}

/** Undefined for a constant of another type. */
function floatsOf(constant: OnnxInitializer): Float32Array | undefined {
  if (!isFloat(constant)) return undefined
  const values = float32Values(new Tensor(constant.data(), constant.shape, { dtype: constant.dtype! }))
  return values instanceof Float32Array ? values : Float32Array.from(values)
}

const largestFloat16 = 65504

/** Answers whether what is remarkable about a tensor is so in the source model already. */
export class SourceValues {
  private readonly constants: OnnxConstants

  constructor(graph: OnnxGraph) {
    this.constants = new OnnxConstants(graph)
  }

  /** The constant with as many values, and with as many NaN, infinite ones and the same largest one among them. */
  withExtremes({ count, format }: StoredTensor, extremes: Extremes): string | undefined {
    for (const constant of this.constants.all()) {
      if (elementsOf(constant.shape) !== count) continue
      const values = floatsOf(constant)
      if (values && agrees(values, extremes, format === 'fp16' ? largestFloat16 : Number.MAX_VALUE))
        return constant.name
    }
    return undefined
  }
}

function agrees(values: Float32Array, { nan, infinite, maxAbs }: Extremes, largest: number): boolean {
  let [nans, beyond, most] = [0, 0, 0]
  for (const value of values) {
    const size = Math.abs(value)
    if (Number.isNaN(value)) nans++
    else if (size > largest || size === Number.POSITIVE_INFINITY) beyond++
    else if (size > most) most = size
  }
  return nans === nan && beyond === infinite && Math.abs(most - maxAbs) <= most / 100
}
