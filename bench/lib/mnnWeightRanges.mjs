import { readFileSync } from 'node:fs'
import { bytesPerValue } from '../../dist/check/weights/StoredTensor.js'
import { parseMnn } from '../../dist/file/MnnReport.js'

/** Where the weights of an .mnn stand in it, as [start, end]: most of its bytes, of which any are valid. */
export function mnnWeightRanges(model) {
  return parseMnn(readFileSync(model), model)
    .weights.filter(({ external }) => !external)
    .map(({ offset, count, format }) => [offset, offset + count * bytesPerValue[format]])
}
