import type { FindingList } from '../FindingList.js'
import { decodeValues } from './decodeValues.js'
import {
  describeTensor,
  exponentBias,
  percent,
  type StoredTensor,
  type ValueStatistics,
} from './StoredTensor.js'
import { visitPieces, type WeightBytes } from './WeightFile.js'

/** From here on a layer loses more than fp16 may cost a whole network (35 dB), and at last what it computes. */
const noticeableDb = 35
const ruinousDb = 20

/**
 * Float16 ends at 2^-14, or at 2^-24 in steps of that size where the converter writes subnormal numbers. What can
 * have been lost below is held against the power of what is left: small values matter by their share of it only.
 */
export async function judgeUnderflow(
  tensor: StoredTensor,
  statistics: ValueStatistics,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const { zeros, subnormal, count } = statistics
  if (tensor.format !== 'fp16' || tensor.role !== 'weight' || zeros === count) return
  if (zeros + subnormal < count / 100) return
  const sqnrDb = 10 * Math.log10((await powerOf(tensor, source)) / lostPower(statistics))
  const share = percent((zeros + subnormal) / count)
  judgeLoss(
    tensor,
    sqnrDb,
    findings,
    `${share} of the ${describeTensor(tensor)} are zero or denormal in float16`,
  )
}

/** The same of a loss that is known, because the source was there to compare. Returns whether it was worth saying. */
export function judgeLoss(
  { layer, offset }: { readonly layer: string; readonly offset: number },
  sqnrDb: number,
  findings: FindingList,
  what = `float16 left zeros or few digits of the weights of '${layer}'`,
): boolean {
  if (!(sqnrDb < noticeableDb)) return false
  const isRuinous = sqnrDb < ruinousDb
  const message = `${what}: what is left has ${sqnrDb.toFixed(0)} dB against what was lost`
  const place = {
    layer,
    offset,
    help: 'Store this model in fp32 (pnnx fp16=0), or scale these weights up and the layer behind them down.',
  }
  if (isRuinous) findings.error('fp16-underflow', message, place)
  else findings.warning('fp16-underflow', message, place)
  return true
}

async function powerOf({ offset, count }: StoredTensor, source: WeightBytes): Promise<number> {
  let power = 0
  await visitPieces(source, offset, count * 2, (piece) => {
    for (const value of decodeValues(piece, 'fp16')) power += Number.isFinite(value) ? value ** 2 : 0
  })
  return power
}

const smallestExponent = -14
const smallestStep = 2 ** -24

/** The most power that values below float16's end can have had, were they spread evenly there. */
function lostPower({ exponents, zeros, subnormal }: ValueStatistics): number {
  if (subnormal > 0) return (subnormal * smallestStep ** 2) / 12 + (zeros * (smallestStep / 2) ** 2) / 3
  const ofZeros = (zeros * 4 ** smallestExponent) / 3
  const normals = exponents.subarray(smallestExponent + exponentBias)
  // Where values thin out above the end already, no more of each size are missing below it than there are just above.
  const isThinning = normals[0]! * 2 < Math.max(...normals)
  return isThinning ? Math.min(ofZeros, (normals[0]! * 4 ** smallestExponent * 7) / 9) : ofZeros
}
