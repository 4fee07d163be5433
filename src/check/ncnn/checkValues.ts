import type { NcnnBlock } from '../../inspect/ncnn/NcnnBlock.js'
import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { SourceValues } from '../against/SourceWeight.js'
import type { FindingList } from '../FindingList.js'
import { judgePeers, type ScannedTensor } from '../weights/judgePeers.js'
import { judgeTensor } from '../weights/judgeTensor.js'
import { scanTensor } from '../weights/scanTensor.js'
import type { WeightBytes } from '../weights/WeightFile.js'
import { storedTensor } from './storedTensor.js'

/** What the weights in the .bin are, tensor by tensor. Returns those that may be weights. */
export async function checkValues(
  blocks: readonly NcnnBlock[],
  layers: readonly NcnnLayer[],
  file: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<readonly ScannedTensor[]> {
  const scanned: ScannedTensor[] = []
  for (const block of blocks) {
    const tensor = storedTensor(block, layers)
    if (!tensor) continue
    if (block.startsWithTag)
      findings.error('tag-in-weights', `the first weight of '${tensor.layer}' is a storage tag`, {
        layer: tensor.layer,
        offset: tensor.offset,
        help: 'The tag was written twice, or 4 bytes were inserted: convert the model again.',
      })
    const statistics = await scanTensor(tensor, file)
    const sane = await judgeTensor(tensor, statistics, file, sourceValues, findings)
    if (sane) scanned.push({ tensor, statistics })
  }
  judgePeers(scanned, findings)
  return scanned
}
