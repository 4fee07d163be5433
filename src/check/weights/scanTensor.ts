import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { ValueCounter } from './ValueCounter.js'
import type { ValueStatistics } from './ValueStatistics.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** Counts a tensor's values in one pass over the file. */
export async function scanTensor(tensor: StoredTensor, source: WeightBytes): Promise<ValueStatistics> {
  const counter = new ValueCounter(tensor.format)
  await visitPieces(source, tensor.offset, tensor.count * bytesPerValue[tensor.format], (piece) =>
    counter.add(piece),
  )
  return counter.statistics
}
