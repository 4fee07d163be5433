import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import type { Pixels } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause } from '../Cause.js'
import type { Sample } from '../Sample.js'
import { errorDb, unexplained } from './recover.js'
import { inputSqnrDb, sameInputDb } from './recoveredRecord.js'
import { type RecoveredPreprocessing, recoverFromTensor } from './recoverFromTensor.js'
import { undoneInput } from './undoneInput.js'

/** How near an input is to the golden one. */
export interface InputAgreement {
  /** Null where the two cannot be compared. */
  readonly sqnrDb: number | null
  readonly pass: boolean
}

/** How an input is mended: the record that it is to be made by, and what that was measured to bring. */
export interface MendedInput {
  readonly sample: Sample
  readonly record: RecoveredPreprocessing['record']
  /** An imperative sentence. */
  readonly said: string
  readonly before: InputAgreement
  readonly after: InputAgreement
}

type Whole = Sample & { readonly image: Pixels; readonly golden: Tensor; readonly deployed: Tensor }

const isWhole = (sample: Sample): sample is Whole => Boolean(sample.image && sample.golden && sample.deployed)

/**
 * How an input with one of `causes` becomes the golden one, whatever was done to it: made of the picture anew, by the
 * record of the golden input. Null where there is no picture, or no record of it brings the input nearer.
 *
 * Some resamplers are none that a record can name. An application that keeps its own is mended once it undoes the
 * causes: then that is measured, and what the record leaves is said beside it.
 */
export function mendInput(samples: readonly Sample[], causes: readonly Cause[]): MendedInput | null {
  const sample = samples.find(isWhole)
  if (!sample || causes.length === 0) return null
  const found = recoveredOf(sample)
  if (!found) return null
  const { record, orientation } = found
  const { image, golden, deployed } = sample
  const before = agreementOf(golden, deployed)
  const made = agreementOf(golden, preprocess(image, record))
  if ((made.sqnrDb ?? Number.NEGATIVE_INFINITY) <= (before.sqnrDb ?? Number.NEGATIVE_INFINITY)) return null
  const byRecord = `${formatDb(before.sqnrDb)} become ${formatDb(made.sqnrDb)}`
  const mended = { sample, record, before }
  if (!made.pass) {
    const undone = undoneInput({ ...sample, record: undefined })
    const after = undone && agreementOf(golden, undone)
    if (after?.pass) {
      const codes = causes.map(({ code }) => code).join(' and ')
      const own =
        orientation === 1
          ? 'Keep your own resize, which is none that a record can name'
          : 'Turn the picture as the original does, which no record can say'
      const said = `${own}, and undo ${codes}: ${formatDb(before.sqnrDb)} become ${formatDb(after.sqnrDb)}. By the corrected record alone ${byRecord}.`
      return { ...mended, said, after }
    }
  }
  return { ...mended, said: `Make the input by the corrected record: ${byRecord}.`, after: made }
}

function recoveredOf({ image, golden }: Whole): RecoveredPreprocessing | null {
  try {
    const found = recoverFromTensor(image, golden)
    // Made of another picture, a record of it would only say how far the two are alike.
    return found.sqnrDb < errorDb(unexplained) ? null : found
  } catch (error) {
    // A picture or an input that shows nothing is told by those that compare it.
    if (error instanceof TwinferError) return null
    throw error
  }
}

function agreementOf(golden: Tensor, made: Tensor): InputAgreement {
  const sqnrDb = inputSqnrDb(golden, made)
  return { sqnrDb, pass: sqnrDb !== null && sqnrDb >= sameInputDb }
}
