import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../content/requireContent.js'
import { sniffContent } from '../content/sniffContent.js'
import { readWhole } from '../files/readWhole.js'
import { requireFile } from '../files/requireFile.js'

/** A .param is a few hundred kilobytes at most; a file of this size is something else. */
const mostBytes = 256 * 1024 * 1024

/** The content of a .param, text or binary. Throws TWINFER_MODEL_INVALID where it is plainly something else. */
export async function readParam(file: string): Promise<Uint8Array> {
  const size = await requireFile(file, 'model')
  const bytes = size > mostBytes ? new Uint8Array([1]) : await readWhole(file)
  requireParam(bytes, file)
  return bytes
}

/** Throws TWINFER_MODEL_INVALID where the content plainly is that of something else. `file` is only for messages. */
export function requireParam(bytes: Uint8Array, file: string): void {
  const start = bytes.subarray(0, 4096)
  if (sniffContent(start).kind === 'ncnn-param-bin') return
  requireContent(start, 'ncnn-param', file)
  if (!bytes.includes(0) && bytes.length > 1) return
  throw new TwinferError('TWINFER_MODEL_INVALID', `${file}: expected text, found binary data`, {
    help: 'Check that the path names an ncnn .param.',
  })
}
