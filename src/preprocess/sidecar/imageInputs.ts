import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { formatShape } from '../../format/numbers.js'
import type { Layout } from '../../tensor/DType.js'
import type { AudioPreprocessing } from '../audio/AudioPreprocessing.js'
import { resolveAudio } from '../audio/resolveAudio.js'
import type { Preprocessing } from '../Preprocessing.js'
import type { SidecarInput } from './Sidecar.js'

/** What is known of an input or output before anything runs. */
export interface ModelTensor {
  readonly name: string
  /** -1 where a dimension is open; none where all of them are. */
  readonly shape?: readonly number[] | null | undefined
  readonly layout?: Layout | undefined
}

/** A picture's part of an input; a dimension that the model leaves open is undefined. */
interface ImageShape {
  readonly channels: number | undefined
  readonly height: number | undefined
  readonly width: number | undefined
}

/** Of the last three dimensions; undefined where the model states no shape, or none that a picture has. */
export function imageShapeOf({ shape, layout }: ModelTensor): ImageShape | undefined {
  if (!shape || shape.length < 3 || shape.length > 4) return undefined
  const [a, b, c] = shape.slice(-3).map((size) => (size > 0 ? size : undefined))
  // A shape of three dimensions is ncnn's, without the batch.
  return layout === 'NHWC' && shape.length === 4
    ? { height: a, width: b, channels: c }
    : { channels: a, height: b, width: c }
}

/**
 * The input that a picture is for: the named one, else the only one that can be. Throws TWINFER_UNKNOWN_INPUT, or
 * TWINFER_MISSING_INPUT where several can be.
 */
export function imageInput(inputs: readonly ModelTensor[], name: string | undefined): ModelTensor {
  return chooseInput(inputs, name, 'picture', (input) => !input.shape || imageShapeOf(input) !== undefined)
}

/** The same for sound, which becomes at least two dimensions. */
export function audioInput(inputs: readonly ModelTensor[], name: string | undefined): ModelTensor {
  return chooseInput(inputs, name, 'sound', ({ shape }) => !shape || shape.length >= 2)
}

function chooseInput(
  inputs: readonly ModelTensor[],
  name: string | undefined,
  what: string,
  isPossible: (input: ModelTensor) => boolean,
): ModelTensor {
  const names = inputs.map((input) => input.name)
  if (name !== undefined) {
    const named = inputs.find((input) => input.name === name)
    if (named) return named
    throw new TwinferError(
      'TWINFER_UNKNOWN_INPUT',
      `expected an input of the model (${names.join(', ')}), received '${name}'`,
      { help: suggest(name, names) },
    )
  }
  const possible = inputs.filter(isPossible)
  if (possible[0] && possible.length === 1) return possible[0]
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `expected the name of the input that the ${what} is for: the model has ${names.join(', ') || 'none'}`,
    { help: 'Give --input NAME.' },
  )
}

/** What contradicts the record of a picture or sound in an input's own shape, in words; undefined where nothing does. */
export function inputContradiction(input: ModelTensor, { image, audio }: SidecarInput): string | undefined {
  return image ? contradiction(input, image) : audioContradiction(input, audio)
}

/** Mels and frames are the last two dimensions. */
function audioContradiction(input: ModelTensor, record: AudioPreprocessing): string | undefined {
  const { shape } = input
  if (!shape) return undefined
  const of = `the input '${input.name}' of shape ${formatShape(shape)}`
  if (shape.length < 2) return `${of} is no spectrogram's`
  const { layout, columns, frames } = resolveAudio(record)
  const [rows, across] = shape.slice(-2).map((size) => (size > 0 ? size : undefined))
  const [ownColumns, ownFrames] = layout === 'frames-mels' ? [across, rows] : [rows, across]
  if ((ownColumns ?? columns) !== columns) {
    return `${of} has ${ownColumns} mels where the layout is ${layout}, the record ${columns}`
  }
  if (frames !== null && (ownFrames ?? frames.count) !== frames.count) {
    return `${of} has ${ownFrames} frames where the layout is ${layout}, the record ${frames.count}`
  }
  return undefined
}

/** The same of the record of a picture. */
export function contradiction(input: ModelTensor, record: Preprocessing): string | undefined {
  const { shape, layout = 'NCHW' } = input
  if (!shape) return undefined
  const image = imageShapeOf(input)
  const of = `the input '${input.name}' of shape ${formatShape(shape)}`
  if (image === undefined) return `${of} is no picture's`
  const { width, height } = record.size
  const channels = record.order === 'GREY' ? 1 : 3
  const { layout: own = 'NCHW' } = record
  // In three dimensions there is no batch, and ncnn has channels first.
  if (shape.length === 4 && own !== layout) return `${of} is ${layout}, the record ${own}`
  if ((image.width ?? width) !== width || (image.height ?? height) !== height) {
    return `${of} is ${image.width ?? 'any'} wide and ${image.height ?? 'any'} high, the record ${width} and ${height}`
  }
  if ((image.channels ?? channels) !== channels) {
    return `${of} has ${image.channels} channels, the record ${channels} (${record.order})`
  }
  return undefined
}
