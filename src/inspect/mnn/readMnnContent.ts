import { TwinferError } from '../../errors/TwinferError.js'
import { requireFile } from '../files/requireFile.js'

/** A flatbuffer's offsets are 32 bits wide. */
const mostBytes = 2 ** 31 - 1

/** Throws TWINFER_MODEL_UNSUPPORTED beyond 2 GiB. `name` is only for messages. */
export async function requireMnn(model: string | Uint8Array, name: string): Promise<void> {
  const bytes = typeof model === 'string' ? await requireFile(model, 'model') : model.length
  if (bytes > mostBytes) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${name} has ${bytes} bytes: expected at most ${mostBytes}`,
      { help: 'Convert it with the weights in a file of their own.' },
    )
  }
}
