import { readRecordedOutputs } from '../../tensor/readRecordedOutputs.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { readInputs } from '../inputs/readInputs.js'
import type { RunOutputs } from '../models/RunnableModel.js'
import type { CompareRequest } from './CompareRequest.js'
import type { ReferenceSummary } from './Comparison.js'
import { referenceOptions } from './referenceOptions.js'
import { runModel } from './runModel.js'

export interface Reference {
  readonly summary: ReferenceSummary
  readonly outputs: RunOutputs
  readonly inputs: readonly GivenInput[]
}

/** Runs the reference in fp32 (what else it could be is no reference), or reads recorded outputs. */
export async function obtainReference(request: CompareRequest): Promise<Reference> {
  const given = await readInputs(request.input)
  const [, recorded] = /\.(npy|npz)$/i.exec(request.reference) ?? []
  if (recorded) {
    const summary = { model: request.reference, engine: recorded.toLowerCase(), effective: null }
    return { summary, outputs: await readRecordedOutputs(request.reference), inputs: given }
  }
  const { engine, effective, outputs, inputs } = await runModel(
    request.reference,
    referenceOptions(request),
    1,
    () => given,
  )
  return { summary: { model: request.reference, engine, effective }, outputs, inputs }
}
