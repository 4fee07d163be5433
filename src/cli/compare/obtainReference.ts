import type { JudgedAs } from '../../compare/index.js'
import { readRecordedOutputs } from '../../tensor/readRecordedOutputs.js'
import { assignKnown } from '../inputs/assignInputs.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { readInputs } from '../inputs/readInputs.js'
import type { ModelTensor, RunOutputs } from '../models/RunnableModel.js'
import type { CompareRequest } from './CompareRequest.js'
import type { ReferenceSummary } from './Comparison.js'
import { judgingOf } from './judgingOf.js'
import { referenceOptions } from './referenceOptions.js'
import { runModel } from './runModel.js'

export interface Reference {
  readonly summary: ReferenceSummary
  readonly outputs: RunOutputs
  /** In its own order, which the object need not keep. */
  readonly outputNames: readonly string[]
  /** With the values that the reference computed with, which may have been rounded to its own type. */
  readonly inputs: readonly GivenInput[]
  /** Given inputs with names that it does not have, which a candidate may. */
  readonly spare: readonly GivenInput[]
  /** None of recorded outputs. */
  readonly modelInputs: readonly ModelTensor[]
  /** What its outputs are rounded to, and why; null where nothing is known to be rounded. */
  readonly judgedAs: JudgedAs | null
}

/** Runs the reference in fp32 (what else it could be is no reference), or reads recorded outputs. */
export async function obtainReference(request: CompareRequest): Promise<Reference> {
  const given = await readInputs(request.input)
  const [, recorded] = /\.(npy|npz)$/i.exec(request.reference) ?? []
  if (recorded) {
    const summary = {
      model: request.reference,
      engine: recorded.toLowerCase(),
      effective: null,
      warnings: [],
    }
    const outputs = await readRecordedOutputs(request.reference)
    const outputNames = Object.keys(outputs)
    const judgedAs = recordedAs(outputs)
    return { summary, outputs, outputNames, inputs: given, spare: [], modelInputs: [], judgedAs }
  }
  let spare: readonly GivenInput[] = []
  let modelInputs: readonly ModelTensor[] = []
  const { engine, effective, outputs, outputNames, inputs, warnings } = await runModel(
    request.reference,
    await referenceOptions(request),
    1,
    (infos) => {
      const known = assignKnown(infos, given)
      spare = known.spare
      modelInputs = infos
      return known.assigned
    },
  )
  const summary = { model: request.reference, engine, effective, warnings }
  const judgedAs = await referenceJudgedAs(request.reference, effective.precision)
  return { summary, outputs, outputNames, inputs, spare, modelInputs, judgedAs }
}

/** By what ran and by how the file stores its weights, as a candidate is. */
async function referenceJudgedAs(path: string, ran: string): Promise<JudgedAs | null> {
  const { judgedAs } = await judgingOf(path, ran)
  if (judgedAs === null || judgedAs.precision === 'fp32') return null
  const how =
    judgedAs.because === undefined ? `itself computes in ${ran}` : 'stores weights that were rounded'
  return { ...judgedAs, because: `the reference ${how}` }
}

/** What a .npy holds as float16 was rounded when it was saved, if not before. */
function recordedAs(outputs: RunOutputs): JudgedAs | null {
  const isRounded = Object.values(outputs).some(({ dtype }) => dtype === 'float16')
  return isRounded ? { precision: 'fp16-storage', because: 'the recorded outputs are float16' } : null
}
