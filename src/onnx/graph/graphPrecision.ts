import type { DType } from '../../tensor/DType.js'
import type { OnnxGraph, OnnxNode } from './OnnxGraph.js'
import { onnxDType } from './readTensor.js'

export type GraphPrecision = 'fp32' | 'fp16' | 'bf16'

/** They pass values on, or read nothing but shapes: no rounding happens in them. */
const computesNothing = new Set(['Cast', 'CastLike', 'Constant', 'Identity', 'Shape', 'Size'])

/**
 * The lowest floating point type in which a node computes: an .onnx says it in its types, and no option of a
 * runtime changes it. Weights that are stored as float16 and cast to float32 before anything reads them are no
 * computation in float16.
 */
export function graphPrecision({ nodes, initializers, inputs }: OnnxGraph): GraphPrecision {
  const types = new Map<string, DType | null>(
    [...inputs, ...initializers.values()].map(({ name, dtype }) => [name, dtype]),
  )
  const computed = new Set<DType | null | undefined>()
  for (const node of nodes) {
    const read = node.inputs.map((name) => types.get(name))
    const type = typeMadeBy(node, read)
    for (const name of node.outputs) types.set(name, type)
    if (!computesNothing.has(node.opType)) for (const own of [...read, type]) computed.add(own)
  }
  if (computed.has('bfloat16')) return 'bf16'
  return computed.has('float16') ? 'fp16' : 'fp32'
}

/** Of an operator's first output, as far as halves are concerned: all but the ones named here keep a half a half. */
function typeMadeBy(
  { opType, attributes }: OnnxNode,
  read: readonly (DType | null | undefined)[],
): DType | null {
  const half = read.find((type) => type === 'float16' || type === 'bfloat16') ?? null
  switch (opType) {
    case 'Cast':
      return onnxDType(Number(attributes.to))
    case 'CastLike':
      return read[1] ?? null
    case 'Constant':
    case 'ConstantOfShape': {
      const value = attributes.value
      return typeof value === 'object' && value !== null && 'dtype' in value ? value.dtype : null
    }
    case 'ArgMax':
    case 'ArgMin':
    case 'Equal':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'IsInf':
    case 'IsNaN':
    case 'Less':
    case 'LessOrEqual':
    case 'NonZero':
    case 'QuantizeLinear':
    case 'Shape':
    case 'Size':
      return null
    case 'EyeLike':
    case 'RandomNormal':
    case 'RandomNormalLike':
    case 'RandomUniform':
    case 'RandomUniformLike':
      return attributes.dtype === undefined ? half : onnxDType(Number(attributes.dtype))
    default:
      return half
  }
}
