import { TwinferError } from '../../errors/TwinferError.js'
import { formatReader } from '../../native/formatReader.js'
import type { MnnNet, MnnReport } from './MnnReport.js'

/**
 * Reads an .mnn, a file or its content, as far as it can be read; of the file of weights beside it, only the size is asked for. Never throws
 * for what they hold.
 */
export function reportMnn(model: string | Uint8Array, weightFileBytes = 0): MnnReport {
  return JSON.parse(formatReader().mnn(model, weightFileBytes)) as MnnReport
}

/** `file` is only for messages. Throws TWINFER_MODEL_INVALID where tables or indices lead out of the file. */
export function parseMnn(content: Uint8Array, file: string): MnnNet {
  return parsedMnn(reportMnn(content), file)
}

/** The same of one that was read. */
export function parsedMnn({ net, findings }: MnnReport, file: string): MnnNet {
  const problem = findings.all.find(({ code }) => net === null || code === 'damaged-table')
  if (net && !problem) return net
  throw new TwinferError('TWINFER_MODEL_INVALID', `${file}: ${problem?.message}`, {
    help: problem?.help ?? '',
  })
}
