import { weightsBeside } from '../../inspect/ncnn/weightsBeside.js'
import type { WeightStorage } from '../Finding.js'
import { WeightFile } from '../weights/WeightFile.js'
import { blocksOf } from './blocksOf.js'
import type { NcnnSource } from './NcnnSource.js'
import { placeBlocks } from './placeBlocks.js'
import { storageOf } from './storageOf.js'

/** How the .bin beside a .param stores its weights, by its tags; `none` where there is no .bin. */
export async function ncnnStorage({ file, param }: NcnnSource): Promise<WeightStorage> {
  const beside = await weightsBeside(file)
  if (!beside) return 'none'
  await using weights = await WeightFile.open(beside.file)
  return storageOf(placeBlocks(blocksOf(param.layers), (offset) => weights.word(offset)).blocks)
}
