import { TwinferError } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/options.js'
import { isDType } from '../tensor/DType.js'
import type { OnnxGraph } from './graph/OnnxGraph.js'
import type { OnnxValueInfo } from './OnnxRuntime.js'

/** The inputs of a session, and which of them nothing depends on. Throws what `describeValues` throws. */
export function describeInputs(
  path: string,
  graph: OnnxGraph,
  values: readonly OnnxValueInfo[] | undefined,
): readonly TensorInfo[] {
  const unused = unusedInputs(graph)
  return describeValues(path, values).map((info) =>
    unused.has(info.name) ? { ...info, unused: true } : info,
  )
}

/**
 * Inputs or outputs of a session. Throws TWINFER_MODEL_UNSUPPORTED for one that is no tensor of numbers
 * (sequences, maps, strings), and TWINFER_MISSING_DEPENDENCY for an onnxruntime too old to describe them.
 */
export function describeValues(
  path: string,
  values: readonly OnnxValueInfo[] | undefined,
): readonly TensorInfo[] {
  if (values === undefined) {
    throw new TwinferError(
      'TWINFER_MISSING_DEPENDENCY',
      'expected onnxruntime 1.22 or later, found an older one',
      {
        help: 'Update it: `npm i onnxruntime-node@latest`.',
      },
    )
  }
  return values.map(({ name, isTensor, type, shape }) => {
    if (isTensor && isDType(type)) return { name, shape: sizesOf(shape), dtype: type, layout: 'NCHW' }
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${path}: expected tensors of numbers, '${name}' is ${isTensor ? `of ${type}` : 'no tensor'}`,
      { help: 'Export the model without its pre- and postprocessing of text, sequences or maps.' },
    )
  })
}

/** Undefined where the rank is unknown, which onnxruntime does not tell from a scalar. */
function sizesOf(shape: OnnxValueInfo['shape']): readonly number[] | undefined {
  if (!shape?.length) return undefined
  return shape.map(knownSize)
}

/** A dimension's size, or -1 where it is open: it has a name, or onnxruntime-web read a -1 as 2^32 - 1. */
export function knownSize(size: number | string): number {
  return typeof size === 'number' && size >= 0 && size < 2 ** 31 ? size : -1
}

/**
 * The inputs that no output depends on; converters drop them. None where a node holds a subgraph (If, Loop), which may
 * read any tensor around it and is not looked into.
 */
function unusedInputs({ nodes, inputs, outputs }: OnnxGraph): ReadonlySet<string> {
  if (nodes.some(({ attributes }) => Object.values(attributes).includes(null))) return new Set()
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const needed = new Set(outputs.map(({ name }) => name))
  for (const name of needed) for (const read of producers.get(name)?.inputs ?? []) needed.add(read)
  return new Set(inputs.map(({ name }) => name).filter((name) => !needed.has(name)))
}
