import { sniffContent } from '../../inspect/content/sniffContent.js'
import type { FindingList } from '../FindingList.js'
import type { WeightBytes } from '../weights/WeightFile.js'

/** Asked only of files that do not fit: the first weight of a sound one may look like anything. */
export async function reportForeign(file: WeightBytes, findings: FindingList): Promise<boolean> {
  const { kind, description, help } = sniffContent(await file.piece(0, 4096))
  if (kind === 'ncnn-bin' || kind === 'unknown' || kind === 'zeros') return false
  findings.error('foreign-file', `expected ncnn weights, but it looks like ${description}`, {
    offset: 0,
    help,
  })
  return true
}
