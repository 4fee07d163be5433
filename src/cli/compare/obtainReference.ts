import { readNpy } from '../../tensor/npy/index.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { readInputs } from '../inputs/readInputs.js'
import type { RunOutputs } from '../models/RunnableModel.js'
import type { CompareRequest } from './CompareRequest.js'
import type { ReferenceSummary } from './Comparison.js'
import { runOnce } from './runOnce.js'

export interface Reference {
  readonly summary: ReferenceSummary
  readonly outputs: RunOutputs
  readonly inputs: readonly GivenInput[]
}

/** Runs the reference in fp32 (what else it could be is no reference), or reads a recorded output. */
export async function obtainReference(request: CompareRequest): Promise<Reference> {
  const given = await readInputs(request.input)
  if (/\.npy$/i.test(request.reference)) {
    const output = await readNpy(request.reference)
    const summary = { model: request.reference, engine: 'npy', effective: null }
    // It has no name of its own, and is paired with the candidate's output by order.
    return { summary, outputs: { output }, inputs: given }
  }
  const { threads } = request
  const options = {
    precision: 'fp32',
    device: 'cpu',
    ...(threads !== undefined && { threads }),
  } as const
  const { engine, effective, outputs, inputs } = await runOnce(request.reference, options, () => given)
  return { summary: { model: request.reference, engine, effective }, outputs, inputs }
}
