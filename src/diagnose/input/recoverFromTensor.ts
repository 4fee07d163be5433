import { TwinferError } from '../../errors/TwinferError.js'
import type { Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { pictureOf } from './picture.js'
import { type Box, countValues, isConstant, type Orientation, pictureShape, planesOf } from './planes.js'
import { errorDb, recover } from './recover.js'

/** How a tensor was made of a picture. */
export interface RecoveredPreprocessing {
  /** Mean and std in units of pixels from 0 to 255, as `scale` is 1. */
  readonly record: Preprocessing
  /** What the record reproduces of the tensor, signal to what is left, in dB; at most 200. */
  readonly sqnrDb: number
  /** Whether the record is the only one that fits, but for filters that give the same pixels. */
  readonly isIdentified: boolean
  /** Records that fit as well, by other filters or cuts that these pixels cannot tell from the first. */
  readonly ties: readonly Preprocessing[]
  /** The name of the mean and std that people use and that the recovered ones are within half a percent of. */
  readonly preset: string | null
  /** How the picture was turned beyond what the record says of its EXIF orientation: 1 where it was not. */
  readonly orientation: Orientation
  /** Whether the rows of the picture were read with its width and height exchanged. */
  readonly isStrideSwapped: boolean
  /** The part of the picture that fills the tensor, in pixels of the upright picture. */
  readonly part: Box
  /** What this picture and this tensor leave open, in whole sentences. */
  readonly missing: readonly string[]
}

/** Better than this nothing else than the right geometry comes, whatever the filter. */
const identifiedError = 0.01

/**
 * Recovers from a picture and the tensor that was made of it how it was made: the part and its fit, whose filter, the
 * order of the channels, mean and std. The tensor is [1, C, H, W], [1, H, W, C], [C, H, W], [H, W, C] or [H, W]; of
 * several pictures in it the first is taken.
 *
 * The part is found by registration (Gauss and Newton over position and size, from many starts), then every fit and
 * filter near it is computed and compared; scale and offset are solved for by least squares, channel by channel.
 *
 * @throws TwinferError TWINFER_SHAPE_MISMATCH where the tensor has not the shape of a picture, TWINFER_INVALID_ARGUMENT
 * where it or the picture holds one value only or values that are not finite, and as `preprocess` does for the pixels.
 */
export function recoverFromTensor(image: Pixels, tensor: Tensor): RecoveredPreprocessing {
  const shape = pictureShape(tensor)
  const planes = planesOf(tensor)[0]!
  const picture = pictureOf(image)
  if (countValues(planes).notFinite > 0) throw unusable('tensor', 'finite values', 'NaN or infinities')
  if (isConstant(planes)) throw unusable('tensor', 'a picture with content', 'one value only')
  if (isConstant(picture.planes)) throw unusable('image', 'a picture with content', 'one colour only')
  const found = recover(picture, planes)
  const layout = shape.channelsLast ? ({ layout: 'NHWC' } as const) : {}
  const record = { ...found.record, ...layout }
  const ties = [
    ...found.filters.slice(1).map((filter) => ({ ...withoutFilter(record), ...filter })),
    ...found.tiedFits.map(({ record: fit }) => ({
      ...record,
      cropPct: undefined,
      centring: undefined,
      ...fit,
    })),
  ]
  const missing: string[] = []
  const isGreyPicture = found.colours.tied.length > 0
  if (found.error > identifiedError) {
    missing.push(
      'No way to prepare the picture that is known makes this tensor: it may be of another picture, or prepared in a way that this package does not know.',
    )
  } else if (!found.candidate.isRecord && found.candidate.away > 0.75) {
    missing.push('The part of the picture lies off its centre, which a record cannot say: it is in `part`.')
  }
  if (isGreyPicture) missing.push('The picture has so little colour that RGB and BGR cannot be told apart.')
  if (found.tiedFits.length > 0)
    missing.push(
      'The picture fits the input in more than one way, which give the same pixels: one of another aspect would decide.',
    )
  return {
    record,
    sqnrDb: errorDb(found.error),
    isIdentified: found.error <= identifiedError && !isGreyPicture && found.tiedFits.length === 0,
    ties,
    preset: found.preset,
    orientation: record.exif === false ? 1 : found.orientation,
    isStrideSwapped: found.isSwapped,
    part: found.part,
    missing,
  }
}

function withoutFilter(record: Preprocessing): Preprocessing {
  const { antialias: _, rounded: __, ...rest } = record
  return rest
}

const unusable = (name: string, expected: string, received: string): TwinferError =>
  new TwinferError('TWINFER_INVALID_ARGUMENT', `${name}: expected ${expected}, received ${received}`, {
    help: 'Give a photograph with colours, and the input that was made of it.',
  })
