import { diagnoseFiles, type FileFindings } from '../model/diagnoseFiles.js'
import type { Climb } from '../diagnose.js'

/** The files by themselves and beside their source: no engine computes anything. */
export async function climbFiles(climb: Climb): Promise<FileFindings> {
  const { candidate, reference } = climb
  const files = await diagnoseFiles(candidate, reference?.pack ?? reference?.source?.path)
  climb.findings.push(files)
  const held = reference?.source ? `, and its weights held against ${reference.name}` : ''
  const [first] = files.causes
  climb.rungs.push({
    rung: 'files',
    said: `the model's files were checked${held}: ${first ? first.code : 'nothing is wrong with them'}`,
  })
  return files
}
