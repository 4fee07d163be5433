import { TwinferError } from '../errors/TwinferError.js'
import { sniffContent } from '../inspect/content/sniffContent.js'
import { readStart } from '../inspect/files/readStart.js'
import { type FileCheck, FindingList } from './FindingList.js'
import type { CheckedEngine } from './readSource.js'

/** What is said of a file that is no model at all, or an .mnn that cannot be read. Other errors (a missing file, a folder) are thrown again. */
export async function foreignCheck(model: string, engine: CheckedEngine, error: unknown): Promise<FileCheck> {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
  const findings = new FindingList(model)
  const isDamaged = engine === 'mnn' && ['mnn', 'unknown'].includes(sniffContent(await readStart(model)))
  findings.error(isDamaged ? 'damaged-table' : 'foreign-file', error.message, { offset: 0, help: error.help })
  return { findings: [findings], layers: [], tensors: 0, bytes: 0, storages: [] }
}
