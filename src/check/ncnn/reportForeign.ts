import { contentHelp } from '../../inspect/content/contentHelp.js'
import { describeContent } from '../../inspect/content/describeContent.js'
import { sniffContent } from '../../inspect/content/sniffContent.js'
import type { FindingList } from '../FindingList.js'
import type { WeightBytes } from '../weights/WeightFile.js'

/** Asked only of files that do not fit: the first weight of a sound one may look like anything. */
export async function reportForeign(file: WeightBytes, findings: FindingList): Promise<boolean> {
  const content = sniffContent(await file.piece(0, 4096))
  if (content === 'ncnn-bin' || content === 'unknown' || content === 'zeros') return false
  findings.error('foreign-file', `expected ncnn weights, but it looks like ${describeContent(content)}`, {
    offset: 0,
    help: contentHelp(content),
  })
  return true
}
