import type { SourceValues } from '../against/SourceValues.js'
import type { FindingList } from '../FindingList.js'
import { describeTensor, placeIn } from './describeTensor.js'
import { isMask } from './isMask.js'
import { locateExtremes } from './locateExtremes.js'
import type { StoredTensor } from './StoredTensor.js'
import type { WeightBytes } from './WeightBytes.js'

/** What the first pass saw: `huge` values, or one that `stands` alone. */
export interface Remarkable {
  readonly huge: number
  readonly stands: boolean
}

/**
 * NaN, Infinity, and the largest value; a second pass finds where they are. What the source model holds too, and
 * the constants of masks, are only remarks.
 */
export async function judgeExtremes(
  tensor: StoredTensor,
  { huge, stands }: Remarkable,
  source: WeightBytes,
  sourceValues: SourceValues | undefined,
  findings: FindingList,
): Promise<void> {
  const extremes = await locateExtremes(tensor, source)
  const { nan, firstNan, infinite, firstInfinite, maxAbs, maxAbsAt } = extremes
  const twin = sourceValues?.withExtremes(tensor, extremes)
  const isMeant = async (most: number) =>
    twin !== undefined || (nan === 0 && (await isMask(tensor, most, source)))
  const because = twin !== undefined ? `, as '${twin}' of the source model has` : ': a mask'
  const said = describeTensor(tensor)
  const help = 'The output will be NaN or garbage: convert the model again from a sound source.'
  if (firstNan !== undefined) {
    const message = `${nan} NaN in the ${said}, the first at index ${firstNan}`
    if (twin !== undefined) findings.info('weight-nan', message + because, placeIn(tensor, firstNan))
    else findings.error('weight-nan', message, { ...placeIn(tensor, firstNan), help })
  }
  if (firstInfinite !== undefined) {
    const message = `${infinite} infinite values in the ${said}, the first at index ${firstInfinite}`
    if (await isMeant(Number.POSITIVE_INFINITY))
      findings.info('weight-inf', message + because, placeIn(tensor, firstInfinite))
    else findings.error('weight-inf', message, { ...placeIn(tensor, firstInfinite), help })
  }
  if (huge === 0 && !stands) return
  const largest = `the largest of the ${said} is ${maxAbs.toPrecision(3)}, at index ${maxAbsAt}`
  const place = placeIn(tensor, maxAbsAt)
  if (await isMeant(maxAbs)) {
    if (huge > 0) findings.info('weight-huge', largest + because, place)
  } else if (huge > 0) {
    const beyond = maxAbs > 65504 ? ', beyond float16 (65504)' : ''
    findings.warning('weight-huge', `${largest}${beyond}; ${huge} are huge`, place)
  } else {
    findings.warning('weight-outlier', `${largest}, far from all others`, {
      ...place,
      help: 'A single bit of an exponent that flipped looks like this.',
    })
  }
}
