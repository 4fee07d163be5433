import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../content/requireContent.js'
import { readStart } from '../files/readStart.js'
import { requireFile } from '../files/requireFile.js'

/** A flatbuffer's offsets are 32 bits wide. */
const mostBytes = 2 ** 31 - 1

/**
 * Throws TWINFER_MODEL_UNSUPPORTED beyond 2 GiB, and TWINFER_MODEL_INVALID for what plainly is no .mnn. `name` is only
 * for messages.
 */
export async function requireMnn(model: string | Uint8Array, name: string): Promise<void> {
  const bytes = typeof model === 'string' ? await requireFile(model, 'model') : model.length
  if (bytes > mostBytes) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${name} has ${bytes} bytes: expected at most ${mostBytes}`,
      { help: 'Convert it with the weights in a file of their own.' },
    )
  }
  requireContent(typeof model === 'string' ? await readStart(model) : model.subarray(0, 4096), 'mnn', name)
}
