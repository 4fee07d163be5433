import type { TensorInfo } from '../model/TensorInfo.js'
import { describeValues } from './describeValues.js'
import type { OnnxGraph } from './graph/OnnxGraph.js'
import { unusedInputs } from './graph/unusedInputs.js'
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
