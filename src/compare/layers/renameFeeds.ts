import type { TensorInfo } from '../../model/TensorInfo.js'
import type { TraceInputs } from '../../trace/LayerTracer.js'

/** The reference's inputs under the candidate's names: by name where it has them all, in order otherwise. */
export function renameFeeds(
  reference: readonly TensorInfo[],
  candidate: readonly TensorInfo[],
  inputs: TraceInputs,
): TraceInputs {
  if (candidate.every(({ name }) => Object.hasOwn(inputs, name))) return inputs
  const ordered = reference.flatMap(({ name }) => inputs[name] ?? [])
  return Object.fromEntries(candidate.flatMap(({ name }, i) => (ordered[i] ? [[name, ordered[i]]] : [])))
}
