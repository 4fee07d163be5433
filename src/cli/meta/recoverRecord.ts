import { basename } from 'node:path'
import { inputSqnrDb, recoveredImport, sameInputDb } from '../../diagnose/input/recoveredRecord.js'
import { recoverFromTensor } from '../../diagnose/input/recoverFromTensor.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb, formatShape } from '../../format/numbers.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import type { Import } from '../../preprocess/sidecar/imports/Import.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import type { Tensor } from '../../tensor/Tensor.js'

/** A record that was recovered, and how well any record makes the same tensor of the same picture. */
export interface RecoveredRecord {
  readonly imported: Import
  /** Of the record that is written: options may have changed what was recovered. */
  agreementNote(record: Preprocessing): string
}

/**
 * The record that makes this tensor (.npy) of this picture, as `meta init --from-tensor` takes it. What the two leave
 * open is in the notes; a tensor that no known record makes, or that a record cannot make because the picture was turned
 * or read at the wrong row length, is refused, for a guess would be taken for the truth from then on.
 *
 * Throws TWINFER_SIDECAR_INCOMPLETE for these, and what reading the files and `recoverFromTensor` throw.
 */
export async function recoverRecord(tensorFile: string, imageFile: string): Promise<RecoveredRecord> {
  const [image, wanted] = [await decodeImage(imageFile), await readNpy(tensorFile)]
  const found = recoverFromTensor(image, wanted)
  const { record, sqnrDb, orientation, isStrideSwapped, preset, ties, missing } = found
  const refuse = (message: string, help: string) =>
    new TwinferError('TWINFER_SIDECAR_INCOMPLETE', `${tensorFile}: ${message}`, { help })
  if (sqnrDb < sameInputDb) {
    throw refuse(
      `expected a tensor that was made of ${imageFile} in a way that a record can say; the nearest agrees to ${formatDb(sqnrDb)}`,
      'Give the picture that this very tensor was made of. `twinfer diagnose` says what lies between two tensors.',
    )
  }
  if (orientation !== 1 || isStrideSwapped) {
    const how = isStrideSwapped ? 'its rows were read at the wrong length' : 'it was turned or mirrored'
    throw refuse(
      `expected what the original was fed, received the picture as no record makes it: ${how}`,
      'Give the tensor of the original, not the one that an application fed. `twinfer diagnose --deployed-input` names the fault.',
    )
  }
  const notes = [
    ...(preset === null ? [] : [`mean and std are those of ${preset}`]),
    ...ties.map((tie) => `this fits as well: ${differences(record, tie)}`),
    ...missing,
  ]
  return {
    imported: recoveredImport(`${basename(tensorFile)} of ${basename(imageFile)}`, record, notes),
    agreementNote: (written) => agreementNote(wanted, preprocess(image, written)),
  }
}

function agreementNote(wanted: Tensor, made: Tensor): string {
  const sqnrDb = inputSqnrDb(wanted, made)
  if (sqnrDb !== null && sqnrDb >= sameInputDb)
    return `what the record makes of the picture against this tensor: ${formatDb(sqnrDb)}`
  const how =
    sqnrDb === null ? `one of ${formatShape(made.shape)}` : `one that agrees to ${formatDb(sqnrDb)} only`
  return `with what the options say, the record does not make this tensor of the picture, but ${how}`
}

/** The fields in which one record is not the other, with the other's values. */
function differences(record: Import['record'], other: Import['record']): string {
  const names = Object.keys({ ...record, ...other }) as (keyof typeof record)[]
  return names
    .filter((name) => JSON.stringify(record[name]) !== JSON.stringify(other[name]))
    .map((name) => `${name} ${JSON.stringify(other[name] ?? null)}`)
    .join(', ')
}
