import { TwinferError } from '../../errors/TwinferError.js'
import { readWhole } from '../files/readWhole.js'
import { requireFile } from '../files/requireFile.js'

/** A flatbuffer's offsets are 32 bits wide, and Node reads no larger file at once. */
const mostBytes = 2 ** 31 - 1

/** The bytes of an .mnn. Throws TWINFER_MODEL_UNSUPPORTED beyond 2 GiB. */
export async function readMnnContent(file: string): Promise<Uint8Array> {
  const bytes = await requireFile(file, 'model')
  if (bytes > mostBytes) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${file} has ${bytes} bytes: expected at most ${mostBytes}`,
      {
        help: 'Convert it with the weights in a file of their own.',
      },
    )
  }
  return readWhole(file)
}
