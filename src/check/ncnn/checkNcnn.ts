import type { ModelFile } from '../../file/ModelFile.js'
import { storagesOfNcnn } from '../../file/storages.js'
import { interfaceOf } from '../../inspect/ncnn/interfaceOf.js'
import type { NcnnBlock } from '../../inspect/ncnn/NcnnBlock.js'
import type { NcnnReport } from '../../inspect/ncnn/NcnnReport.js'
import { weightsPath } from '../../inspect/ncnn/weightsPath.js'
import type { Comparand } from '../against/Comparand.js'
import { compareInterface } from '../against/compareInterface.js'
import { compareStored, judgeUncompared } from '../against/compareStored.js'
import { nothingCompared, type WeightComparison } from '../against/compareWeights.js'
import type { FileCheck } from '../FindingList.js'
import { FindingList } from '../FindingList.js'
import { openWeights, type WeightBytes } from '../weights/WeightFile.js'
import { checkValues } from './checkValues.js'
import { reportForeign } from './reportForeign.js'
import { storedTensor } from './storedTensor.js'

/**
 * Checks a .param and the .bin beside it, and holds its weights against the comparand. What a file may be, and where
 * its weights are, cpp/format says; what the weights can be is judged here.
 */
export async function checkNcnn(file: ModelFile, comparand: Comparand): Promise<FileCheck> {
  const report = await file.ncnn()
  const beside = await file.weights()
  await using weights = beside === undefined ? undefined : await openWeights(beside)
  const findings = new FindingList(file.name)
  findings.addAll(report.findings)
  const weightFindings = new FindingList(typeof beside === 'string' ? beside : weightsPath(file.name))
  const { blocks, compared } = weights
    ? await checkWeights(report, weights, comparand, weightFindings)
    : reportAbsent(report, weightFindings)
  if (comparand.graph) compareInterface(interfaceOf(report.layers), comparand.graph, compared, findings)
  return {
    findings: [findings, weightFindings],
    layers: report.layers.map(({ name }) => name),
    tensors: blocks.length,
    bytes: blocks.reduce((total, { bytes }) => total + bytes, 0),
    storages: storagesOfNcnn(blocks),
  }
}

interface CheckedWeights {
  readonly blocks: readonly NcnnBlock[]
  readonly compared: WeightComparison
}

function reportAbsent({ loadsWeights }: NcnnReport, findings: FindingList): CheckedWeights {
  if (loadsWeights)
    findings.error('weights-not-found', `${findings.file} does not exist: the layers load weights from it`, {
      help: 'Copy the .bin beside the .param, under the same name.',
    })
  return { blocks: [], compared: nothingCompared }
}

async function checkWeights(
  { layers, weights }: NcnnReport,
  file: WeightBytes,
  comparand: Comparand,
  findings: FindingList,
): Promise<CheckedWeights> {
  const isForeign = !weights?.fits && (await reportForeign(file, findings))
  if (!isForeign && weights) findings.addAll(weights.findings)
  const blocks = isForeign || !weights ? [] : weights.blocks
  const scanned = await checkValues(blocks, layers, file, comparand.sourceValues, findings)
  const tensors = blocks.flatMap((block) => storedTensor(block, layers) ?? [])
  const compared = await compareStored(tensors, file, comparand, findings)
  await judgeUncompared(scanned, compared, file, findings)
  return { blocks, compared }
}
