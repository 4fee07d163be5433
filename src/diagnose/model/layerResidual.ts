import { compareTensors } from '../../compare/measure/compareTensors.js'
import type { Tensor } from '../../tensor/Tensor.js'

/** What a wrong layer's error looks like, which says what of the operator to look at. */
export interface Residual {
  readonly pattern: 'offset' | 'scale' | 'negative' | 'border' | 'moved' | 'everywhere'
  /** A phrase for a message. */
  readonly said: string
  /** Names with units. */
  readonly numbers: Readonly<Record<string, number>>
}

const explainedDb = 40
const clearlyDb = 15
/** Share of the error's power that lies where it is said to lie. */
const nearlyAll = 0.98

/** Compares what a layer computed with what it should have. Both have the same shape. */
export function describeResidual(reference: Tensor, candidate: Tensor): Residual {
  const { sqnrDb, sortedSqnrDb, channelFit } = compareTensors(reference, candidate, { details: true })
  const db = sqnrDb ?? -Infinity
  const [a, b] = [reference.data as Float32Array, candidate.data as Float32Array]
  const negative = negativeShare(a, b)
  if (negative.share > nearlyAll && negative.count > 0 && negative.count < a.length) {
    return {
      pattern: 'negative',
      said: 'only negative values differ: the slope or the kind of an activation',
      numbers: { slope: negative.slope },
    }
  }
  const border = borderShare(a, b, reference.shape)
  if (border !== undefined && border.share > nearlyAll && border.area < 0.75) {
    return {
      pattern: 'border',
      said: 'only the border differs: how it is padded',
      numbers: { borderErrorShare: border.share, borderAreaShare: border.area },
    }
  }
  if (
    channelFit &&
    channelFit.sqnrDb > Math.max(explainedDb, db + clearlyDb) &&
    a.length / channelFit.slopes.length >= 8
  ) {
    const slopes = range(channelFit.slopes)
    const isOffset = Math.abs(slopes.low - 1) < 0.01 && Math.abs(slopes.high - 1) < 0.01
    return {
      pattern: isOffset ? 'offset' : 'scale',
      said: isOffset
        ? 'every channel is off by a constant: its bias'
        : 'every channel is another one times a factor, plus a constant: a scale, a bias or an epsilon',
      numbers: { leastSlope: slopes.low, mostSlope: slopes.high, fittedSqnrDb: channelFit.sqnrDb },
    }
  }
  if (
    sortedSqnrDb != null &&
    db < 20 &&
    sortedSqnrDb > Math.max(explainedDb, 10 * Math.log10(a.length) + 20)
  ) {
    return {
      pattern: 'moved',
      said: 'the values are right and in other places: an axis, a flip or an order of dimensions',
      numbers: { sortedSqnrDb },
    }
  }
  return { pattern: 'everywhere', said: 'it differs everywhere: a parameter of the operator', numbers: {} }
}

function negativeShare(a: Float32Array, b: Float32Array) {
  let [all, negative, count, ab, aa] = [0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const power = (a[i]! - b[i]!) ** 2
    if (!Number.isFinite(power)) continue
    all += power
    if (a[i]! > 0 && b[i]! > 0) continue
    negative += power
    if (a[i]! >= 0) continue
    count++
    ab += a[i]! * b[i]!
    aa += a[i]! ** 2
  }
  return { share: all > 0 ? negative / all : 0, count, slope: aa > 0 ? ab / aa : 0 }
}

/** Of the two innermost dimensions, the outermost row and column on each side. */
function borderShare(
  a: Float32Array,
  b: Float32Array,
  shape: readonly number[],
): { readonly share: number; readonly area: number } | undefined {
  const [height = 1, width = 1] = shape.slice(-2)
  if (shape.length < 3 || height < 4 || width < 4) return undefined
  let [all, border] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    const power = (a[i]! - b[i]!) ** 2
    if (!Number.isFinite(power)) continue
    all += power
    const x = i % width
    const y = Math.floor(i / width) % height
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) border += power
  }
  const area = 1 - ((height - 2) * (width - 2)) / (height * width)
  return { share: all > 0 ? border / all : 0, area }
}

function range(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((x, y) => x - y)
  return { low: sorted[0]!, high: sorted.at(-1)! }
}
