import type { Climb } from '../Climb.js'
import { diagnoseFiles, type FileFindings } from '../model/diagnoseFiles.js'

/** The files by themselves and beside their source: nothing is computed. */
export async function climbFiles({
  candidate,
  reference,
  source,
  findings,
  rungs,
}: Climb): Promise<FileFindings> {
  const files = await diagnoseFiles(candidate, source)
  findings.push(files)
  const [first] = files.causes
  const held = files.compared.matched.length > 0 ? `, its weights beside those of ${reference?.name}` : ''
  rungs.push({ rung: 'files', said: `${candidate.name}${held}: ${first ? first.code : 'sound'}` })
  return files
}
