import { stat } from 'node:fs/promises'
import type { FindingList } from '../FindingList.js'
import { WeightFile } from '../weights/WeightFile.js'

/** The file of weights beside a model (MNN looks for MODEL.weight), or undefined, and a finding, without it. */
export async function openExternal(findings: FindingList): Promise<WeightFile | undefined> {
  const isFile = await stat(findings.file).then(
    (stats) => stats.isFile(),
    () => false,
  )
  if (isFile) return WeightFile.open(findings.file)
  findings.error('weights-not-found', `${findings.file} does not exist: the model keeps its weights there`, {
    help: 'Copy the weight file beside the .mnn.',
  })
  return undefined
}
