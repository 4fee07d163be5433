import type { FindingList } from '../FindingList.js'
import { describeTensor, percent, placeIn } from './describeTensor.js'
import { explainGarbage } from './explainGarbage.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import type { WeightBytes } from './WeightBytes.js'

/** Whether it was garbage that a cause was found for, or too much of it to be anything else. */
export async function judgeGarbage(
  tensor: StoredTensor,
  impossible: number,
  source: WeightBytes,
  findings: FindingList,
): Promise<boolean> {
  const cause = await explainGarbage(tensor, source)
  if (cause === 'byte order') {
    // Of two bytes each, a shift by one looks like a swap.
    const or = bytesPerValue[tensor.format] === 2 ? ', or start one byte later than they must' : ''
    findings.error('wrong-endianness', `the ${describeTensor(tensor)} are stored big-endian${or}`, {
      ...placeIn(tensor),
      help: 'Swap the bytes of each value, or convert the model on a little-endian machine.',
    })
    return true
  }
  if (cause !== undefined) {
    findings.error(
      'shifted-file',
      `the ${describeTensor(tensor)} start ${cause} bytes later than they must`,
      {
        ...placeIn(tensor),
        help: 'Bytes were inserted or lost before them: copy or convert the file again.',
      },
    )
    return true
  }
  if (impossible < tensor.count / 4) return false
  findings.error(
    'weight-garbage',
    `${percent(impossible / tensor.count)} of the ${describeTensor(tensor)} are NaN, Infinity or far too large`,
    { ...placeIn(tensor), help: 'These bytes are no weights of this type: convert the model again.' },
  )
  return true
}
