import { TwinferError } from '../../errors/TwinferError.js'
import { type ContentKind, sniffContent } from './sniffContent.js'

/**
 * Throws TWINFER_MODEL_INVALID where the first bytes are plainly something other than `expected`. Unknown
 * bytes pass: the parser that follows says better what is wrong with them.
 */
export function requireContent(bytes: Uint8Array, expected: 'ncnn-param' | 'mnn', path: string): void {
  const { kind, description, help } = sniffContent(bytes)
  const unsure: readonly ContentKind[] =
    expected === 'mnn' ? [expected, 'unknown'] : [expected, 'unknown', 'text']
  if (unsure.includes(kind)) return
  const wanted = expected === 'mnn' ? 'an MNN model' : 'an ncnn .param'
  throw new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${path}: expected ${wanted}, but it looks like ${description}`,
    { help },
  )
}
