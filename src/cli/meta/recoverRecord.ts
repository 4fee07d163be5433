import { basename } from 'node:path'
import { compareTensors } from '../../compare/measure/compareTensors.js'
import { recoverFromTensor } from '../../diagnose/input/recoverFromTensor.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb, formatShape } from '../../format/numbers.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import type { Import } from '../../preprocess/sidecar/imports/Import.js'
import { readNpy } from '../../tensor/npy/readNpy.js'

/**
 * Two decoders of one JPEG are about 39 dB apart, and a wrong filter about 20 to 30: below this it is another picture,
 * another filter, or a part of the picture that no record can say.
 */
const exactDb = 35

/**
 * The record that makes this tensor (.npy) of this picture, as `meta init --from-tensor` takes it. What the two leave
 * open is in the notes; a tensor that no known record makes, or that a record cannot make because the picture was turned
 * or read at the wrong row length, is refused, for a guess would be taken for the truth from then on.
 *
 * Throws TWINFER_SIDECAR_INCOMPLETE for these, and what reading the files and `recoverFromTensor` throw.
 */
export async function recoverRecord(tensorFile: string, imageFile: string): Promise<Import> {
  const found = recoverFromTensor(await decodeImage(imageFile), await readNpy(tensorFile))
  const { record, sqnrDb, orientation, isStrideSwapped, preset, ties, missing } = found
  const refuse = (message: string, help: string) =>
    new TwinferError('TWINFER_SIDECAR_INCOMPLETE', `${tensorFile}: ${message}`, { help })
  if (sqnrDb < exactDb) {
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
  return {
    kind: 'recovered',
    from: `${basename(tensorFile)} of ${basename(imageFile)}`,
    // What it leaves out is its default, and here it is known; mean and std are in pixel units.
    record: { cropPct: 1, scale: 1, mean: 0, std: 1, pad: { value: 0 }, ...record },
    notes: [
      ...(preset === null ? [] : [`mean and std are those of ${preset}`]),
      ...ties.map((tie) => `this fits as well: ${differences(record, tie)}`),
      ...missing,
    ],
  }
}

/** How well the record that is written makes the tensor of the picture: options may have changed what was recovered. */
export async function agreementNote(
  record: Preprocessing,
  tensorFile: string,
  imageFile: string,
): Promise<string> {
  const [wanted, made] = [await readNpy(tensorFile), preprocess(await decodeImage(imageFile), record)]
  const isComparable = wanted.shape.join() === made.shape.join()
  const sqnrDb = isComparable ? compareTensors(wanted, made).sqnrDb : null
  if (sqnrDb !== null && sqnrDb >= exactDb)
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
