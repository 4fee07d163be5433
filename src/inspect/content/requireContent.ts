import { TwinferError } from '../../errors/TwinferError.js'
import { contentHelp } from './contentHelp.js'
import { describeContent } from './describeContent.js'
import { type Content, sniffContent } from './sniffContent.js'

/**
 * Throws TWINFER_MODEL_INVALID where the first bytes are plainly something other than `expected`. Unknown
 * bytes pass: the parser that follows says better what is wrong with them.
 */
export function requireContent(bytes: Uint8Array, expected: 'ncnn-param' | 'mnn', path: string): void {
  const content = sniffContent(bytes)
  const unsure: readonly Content[] =
    expected === 'mnn' ? [expected, 'unknown'] : [expected, 'unknown', 'text']
  if (unsure.includes(content)) return
  const wanted = expected === 'mnn' ? 'an MNN model' : 'an ncnn .param'
  throw new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${path}: expected ${wanted}, but it looks like ${describeContent(content)}`,
    {
      help: contentHelp(content),
    },
  )
}
