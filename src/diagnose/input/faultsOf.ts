import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { TensorDifference } from './comparePlanes.js'
import { type Evidence, type InputFaults, noFaults } from './faults.js'

/** The faults that two inputs show by themselves; null where nothing brings the one over the other. */
export function faultsOf(difference: TensorDifference, golden: Preprocessing | null): InputFaults | null {
  const { alignment, colours, normalisation, residual } = difference
  const { reading, orientation } = alignment
  if (!difference.isExplained) {
    const { sheared } = difference
    if (!sheared) return null
    const { colours: rows, ...signs } = sheared
    return {
      ...noFaults,
      certainty: 0.6,
      strideSwapped: { ...signs, withoutPicture: true },
      ...(rows && {
        order: changed(rows.order),
        orderError: { error: rows.error, straightError: rows.straightError },
        normalisation: rows.normalisation,
      }),
      shared: { unexplained: alignment.error },
      golden,
    }
  }
  const isBytes = reading.code === 'DTYPE_MISREAD' && reading.writtenAs.startsWith('uint8')
  return {
    ...noFaults,
    certainty: Math.max(0.3, 1 - 2 * alignment.error),
    misread:
      reading.code === 'LAYOUT_MISREAD' || reading.code === 'DTYPE_MISREAD'
        ? { code: reading.code, writtenAs: reading.writtenAs, readAs: reading.readAs }
        : null,
    sizeExchanged: reading.code === 'PREPROC_TRANSPOSED',
    orientation,
    geometry: geometryOf(difference),
    interpolation:
      difference.isInterpolation && residual
        ? {
            residualLevels: residual.levels,
            edgeRatio: residual.edgeRatio,
            residualSqnrDb: residual.sqnrDb,
            shifted: difference.geometry === 'shifted',
          }
        : null,
    grey: colours.grey ? { side: colours.grey, lumaWeights: colours.lumaWeights } : null,
    order: changed(colours.order),
    orderError: { error: colours.error, straightError: colours.straightError },
    // Bytes were not normalised yet.
    normalisation: isBytes || colours.grey === 'golden' ? null : normalisation,
    shared: { unexplained: alignment.error, ...(residual ? { sqnrDb: finite(residual.sqnrDb) } : {}) },
    golden,
  }
}

const changed = (order: readonly number[]): readonly number[] | null =>
  order.some((k, c) => k !== c) ? order : null

const finite = (db: number): number => (Number.isFinite(db) ? db : 200)

function geometryOf({ geometry, alignment, scale, bars }: TensorDifference): InputFaults['geometry'] {
  const { box, target, goldenContent, deployedContent } = alignment
  const evidence: Evidence = {
    goldenPart: { x: box.x, y: box.y, width: box.width, height: box.height },
    scale,
    ratio: Math.sqrt((box.width * box.height) / (target.width * target.height)),
    ...(goldenContent.bars ? { goldenBars: goldenContent.bars, goldenContent: goldenContent.box } : {}),
    ...(deployedContent.bars
      ? { deployedBars: deployedContent.bars, deployedContent: deployedContent.box }
      : {}),
  }
  if (geometry === 'crop') {
    return {
      code: 'PREPROC_CROP',
      evidence,
      words:
        'Another part of the picture is shown, in the same aspect: the golden input is the part of the deployed one in the evidence, in its pixels.',
    }
  }
  if (geometry === 'aspect') {
    const hasBars = goldenContent.bars !== null || deployedContent.bars !== null
    return {
      code: 'PREPROC_ASPECT',
      evidence: { ...evidence, letterbox: sides(goldenContent.bars, deployedContent.bars) },
      words: hasBars
        ? 'The picture lies differently between bars: letterboxed on one side only, or padded elsewhere.'
        : 'The picture is stretched: the deployed input has another aspect.',
    }
  }
  if (bars.differ) {
    return {
      code: 'PREPROC_ASPECT',
      evidence: { ...evidence, padValue: { golden: bars.golden, deployed: bars.deployed } },
      words: 'The bars around the picture have another value.',
    }
  }
  return null
}

const sides = (golden: unknown, deployed: unknown): string =>
  golden && deployed ? 'both' : golden ? 'golden' : deployed ? 'deployed' : 'none'
