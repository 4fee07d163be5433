import { TwinferError } from '../errors/TwinferError.js'
import type { ModelFile } from '../file/ModelFile.js'
import { sniffContent } from '../inspect/content/sniffContent.js'
import { readStart } from '../inspect/files/readStart.js'
import { type FileCheck, FindingList } from './FindingList.js'

/** What is said of a file that is no model at all, or an .mnn that cannot be read. Other errors (a missing file, a folder) are thrown again. */
export async function foreignCheck({ engine, model, name }: ModelFile, error: unknown): Promise<FileCheck> {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
  const findings = new FindingList(name)
  const start = typeof model === 'string' ? await readStart(model) : model.subarray(0, 4096)
  const isDamaged = engine === 'mnn' && ['mnn', 'unknown'].includes(sniffContent(start))
  findings.error(isDamaged ? 'damaged-table' : 'foreign-file', error.message, { offset: 0, help: error.help })
  return { findings: [findings], layers: [], tensors: 0, bytes: 0, storages: [] }
}
