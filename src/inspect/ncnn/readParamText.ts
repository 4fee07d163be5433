import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../content/requireContent.js'
import { sniffContent } from '../content/sniffContent.js'
import { readWhole } from '../files/readWhole.js'
import { requireFile } from '../files/requireFile.js'

/** A .param is text of a few hundred kilobytes at most; a file of this size is something else. */
const mostBytes = 256 * 1024 * 1024

/** The text of a .param. Throws TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED where it is none. */
export async function readParamText(file: string): Promise<string> {
  const size = await requireFile(file, 'model')
  const bytes = size > mostBytes ? new Uint8Array([1]) : await readWhole(file)
  if (sniffContent(bytes.subarray(0, 4096)) === 'ncnn-param-bin' || /\.param\.bin$/i.test(file)) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${file} is a binary .param: expected the text .param`,
      {
        help: 'The binary form holds no names. Use the text .param that it was made from.',
      },
    )
  }
  requireContent(bytes.subarray(0, 4096), 'ncnn-param', file)
  if (bytes.includes(0) || size > mostBytes) {
    throw new TwinferError('TWINFER_MODEL_INVALID', `${file}: expected text, found binary data`, {
      help: 'Check that the path names an ncnn .param.',
    })
  }
  // The decoder keeps a byte order mark only when asked to, and the parser reports it.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
