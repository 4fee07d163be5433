import { TwinferError } from '../errors/TwinferError.js'
import type { CheckReport } from './Finding.js'
import { FindingList } from './FindingList.js'

/** The report on a file that is no model at all. Other errors (a missing file, a folder) are thrown again. */
export function foreignReport(model: string, engine: CheckReport['engine'], error: unknown): CheckReport {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
  const findings = new FindingList(model)
  findings.error('foreign-file', error.message, { offset: 0, help: error.help })
  return {
    ok: false,
    model,
    engine,
    findings: FindingList.merge(findings),
    layers: 0,
    weights: { tensors: 0, bytes: 0, storage: 'none' },
  }
}
