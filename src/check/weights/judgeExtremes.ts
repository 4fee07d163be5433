import type { FindingList } from '../FindingList.js'
import { describeTensor, placeIn } from './describeTensor.js'
import { locateExtremes } from './locateExtremes.js'
import type { StoredTensor } from './StoredTensor.js'
import type { WeightBytes } from './WeightBytes.js'

/** NaN, Infinity, and the largest value, which is `huge` or `stands` alone; a second pass finds where they are. */
export async function judgeExtremes(
  tensor: StoredTensor,
  huge: number,
  stands: boolean,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const { nan, firstNan, infinite, firstInfinite, maxAbs, maxAbsAt } = await locateExtremes(tensor, source)
  const help = 'The output will be NaN or garbage: convert the model again from a sound source.'
  if (firstNan !== undefined)
    findings.error(
      'weight-nan',
      `${nan} NaN in the ${describeTensor(tensor)}, the first at index ${firstNan}`,
      {
        ...placeIn(tensor, firstNan),
        help,
      },
    )
  if (firstInfinite !== undefined)
    findings.error(
      'weight-inf',
      `${infinite} infinite values in the ${describeTensor(tensor)}, the first at index ${firstInfinite}`,
      { ...placeIn(tensor, firstInfinite), help },
    )
  const largest = `the largest of the ${describeTensor(tensor)} is ${maxAbs.toPrecision(3)}, at index ${maxAbsAt}`
  if (huge > 0) {
    const beyond = maxAbs > 65504 ? ', beyond float16 (65504)' : ''
    findings.warning('weight-huge', `${largest}${beyond}; ${huge} are huge`, placeIn(tensor, maxAbsAt))
  } else if (stands) {
    findings.warning('weight-outlier', `${largest}, far from all others`, {
      ...placeIn(tensor, maxAbsAt),
      help: 'A single bit of an exponent that flipped looks like this.',
    })
  }
}
