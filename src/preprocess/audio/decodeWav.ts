import { readFile } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { requireFile, unreadable } from '../../file/requireFile.js'
import { native } from '../../native/native.js'
import type { Sound } from './AudioPreprocessing.js'

/**
 * The samples of a .wav file, as they are stored: integers as -1 to 1 (16 bits divided by 32768), channels interleaved,
 * nothing resampled. Integers of 16, 24 or 32 bits and floats of 32 bits are read.
 *
 * @throws TwinferError TWINFER_FILE_NOT_FOUND (naming the nearest file), TWINFER_FILE_UNREADABLE, TWINFER_AUDIO_INVALID
 * for what is no .wav or a damaged or truncated one, TWINFER_AUDIO_UNSUPPORTED for other codings,
 * TWINFER_NATIVE_LOAD_FAILED where no addon loads.
 */
export const decodeWav = answering('decodeWav', async (source: string | Uint8Array): Promise<Sound> => {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `decodeWav: expected a path or a Uint8Array, received ${describeValue(source)}`,
    )
  }
  const bytes = typeof source === 'string' ? await readSound(source) : source
  try {
    return native().preprocess.readWav(bytes)
  } catch (error) {
    if (!(error instanceof TwinferError) || !error.code.startsWith('TWINFER_AUDIO')) throw error
    const name = typeof source === 'string' ? source : 'the sound'
    throw new TwinferError(error.code, `${name}: ${error.message}`, { help: error.help, cause: error })
  }
})

async function readSound(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') await requireFile(path, 'sound')
    throw unreadable('sound', path, cause)
  }
}
