import { TwinferError } from '../../errors/TwinferError.js'
import type { NcnnReport } from './NcnnReport.js'
import { reportNcnn } from './reportNcnn.js'

/** Of what can be wrong with a .param, that without which it cannot be told what network it is. */
const unreadable: ReadonlySet<string> = new Set([
  'byte-order-mark',
  'no-magic',
  'truncated-text',
  'syntax',
  'layer-count',
  'blob-count',
  'no-producer',
  'layer-order',
])
const cutShort: ReadonlySet<string> = new Set(['truncated-text', 'layer-count'])

/**
 * Reads a .param, text or binary. `file` is only for messages. Throws TWINFER_MODEL_INVALID or
 * TWINFER_MODEL_TRUNCATED, which start with FILE:LINE, as compilers write it, so that editors can jump there.
 */
export function parseParam(content: Uint8Array | string, file: string, withParams = false): NcnnReport {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return parsedParam(reportNcnn(bytes, undefined, withParams), file)
}

/** The same of one that was read. */
export function parsedParam(report: NcnnReport, file: string): NcnnReport {
  const problem = report.findings.all.find(
    ({ code, severity }) => severity === 'error' && unreadable.has(code),
  )
  if (!problem) return report
  const code = cutShort.has(problem.code) ? 'TWINFER_MODEL_TRUNCATED' : 'TWINFER_MODEL_INVALID'
  throw new TwinferError(code, `${file}:${problem.line}: ${problem.message}`, { help: problem.help })
}
