import type { Cause, CauseCode } from '../Cause.js'
import type { Evidence, InputFaults } from './faults.js'
import { fixFor } from './inputFixes.js'

const names: Readonly<Record<number, string>> = {
  2: 'mirrored left to right',
  3: 'turned by half',
  4: 'mirrored top to bottom',
  5: 'transposed',
  6: 'turned by a quarter (to be turned clockwise)',
  7: 'mirrored and turned by a quarter',
  8: 'turned by a quarter (to be turned counterclockwise)',
}

/** What the orientation that the picture's file notes has to do with it. */
function turnedBy({ noted = 1, golden, orientation }: InputFaults): string {
  if (noted === 1) return ''
  if (golden?.exif === false)
    return ': it was turned upright as its file notes, and the golden input was made of the pixels as they are stored'
  return orientation === noted ? ': the orientation that the file notes was not applied' : ''
}

const isMirrored = (orientation: number): boolean => [2, 4, 5, 7].includes(orientation)

/** The causes of what is wrong with an input: what disturbs most, and what was done last, comes first. */
export function causesOf(faults: InputFaults): Cause[] {
  const causes: Cause[] = []
  const add = (code: CauseCode, weight: number, message: string, evidence: Evidence) =>
    causes.push({
      code,
      confidence: Math.max(0.05, Math.round(100 * weight * faults.certainty) / 100),
      message,
      evidence: { ...evidence, ...faults.shared },
      fix: fixFor(code, faults),
    })
  const { misread, strideSwapped, geometry, grey, order, normalisation, orientation } = faults
  if (misread) {
    const { code, writtenAs, readAs } = misread
    add(code, 0.99, `The memory of the deployed input was written as ${writtenAs} and read as ${readAs}.`, {
      writtenAs,
      readAs,
    })
  }
  if (strideSwapped) {
    add(
      'PREPROC_SOURCE_STRIDE_SWAPPED',
      1,
      'Width and height of the source picture were exchanged: its rows were read at the wrong length, which shears it.',
      strideSwapped,
    )
  }
  if (faults.sizeExchanged) {
    add(
      'PREPROC_TRANSPOSED',
      0.98,
      'Width and height of the target were exchanged: the deployed input is laid out as height by width.',
      { widthAndHeightExchanged: true, orientation },
    )
  } else if (orientation === 5 && (faults.noted ?? 1) === 1) {
    add(
      'PREPROC_TRANSPOSED',
      0.98,
      'The deployed input is transposed: its rows are the columns of the golden one.',
      { orientation },
    )
  }
  if (orientation !== 1 && (orientation !== 5 || (faults.noted ?? 1) !== 1)) {
    add('PREPROC_ROTATED', 0.98, `The deployed picture is ${names[orientation]}${turnedBy(faults)}.`, {
      mirrored: isMirrored(orientation),
      orientation,
      ...(faults.noted === undefined ? {} : { exifOrientation: faults.noted }),
    })
  }
  if (normalisation && normalisation.kind !== 'same') {
    const evidence = { slope: normalisation.slopes, offset: normalisation.offsets }
    if (normalisation.kind === 'range') {
      add('PREPROC_RANGE', 0.98, `The values are in another range: ${normalisation.step}.`, {
        ...evidence,
        step: normalisation.step,
      })
    } else {
      add(
        'PREPROC_MEAN_STD',
        0.97,
        'Mean and deviation differ: golden = slope * deployed + offset, channel by channel, with the numbers in the evidence.',
        evidence,
      )
    }
  }
  if (grey) {
    const has = grey.side === 'deployed' ? 'deployed' : 'golden'
    add(
      'PREPROC_GREY',
      0.98,
      `The ${has} input is grey: all its channels hold the same, the other's do not.`,
      {
        grey: has,
        ...(grey.lumaWeights ? { lumaWeights: grey.lumaWeights } : {}),
      },
    )
  }
  if (order) {
    const swapped =
      `${order}` === '2,1,0'
        ? 'Red and blue are exchanged'
        : `The channels lie in the order ${order.join(', ')}`
    add('PREPROC_CHANNEL_ORDER', 0.98, `${swapped} in the deployed input.`, { order, ...faults.orderError })
  }
  if (geometry) add(geometry.code, 0.96, geometry.words, geometry.evidence)
  if (faults.interpolation) {
    add(
      'PREPROC_INTERPOLATION',
      0.9,
      'The picture was resized with another filter: what differs lies at edges.',
      faults.interpolation,
    )
  }
  return causes
}
