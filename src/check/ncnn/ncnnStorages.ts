import { reportNcnn } from '../../inspect/ncnn/reportNcnn.js'
import { weightsBeside } from '../../inspect/ncnn/weightsBeside.js'
import type { StoredAs } from '../Finding.js'
import type { ModelSource } from '../readSource.js'
import { WeightFile } from '../weights/WeightFile.js'
import { storagesOf } from './storagesOf.js'

/** How the .bin beside a .param stores its weights, by its tags, each way once. */
export async function ncnnStorages({ file, content }: ModelSource): Promise<readonly StoredAs[]> {
  const beside = await weightsBeside(file)
  if (!beside) return []
  await using weights = await WeightFile.open(beside.file)
  return storagesOf(reportNcnn(content, weights).weights?.blocks ?? [])
}
