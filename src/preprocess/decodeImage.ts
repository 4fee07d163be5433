import { readFile } from 'node:fs/promises'
import type { Metadata, SharpOptions } from 'sharp'
import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import { requireFile, unreadable } from '../file/requireFile.js'
import { loadSharp } from './loadSharp.js'
import type { Pixels } from './Preprocessing.js'

/** What has pixels of its own; drawings (SVG, PDF) have as many as one likes. */
const rasterFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'jxl', 'ppm', 'magick', 'jpegxl']

/**
 * The pixels of an image file, as they are stored: not turned (EXIF's orientation comes with them), colour profiles not
 * applied (what people train with, Pillow and OpenCV, does not either). Grey images have 1 channel, others 3, or 4 with
 * alpha; palettes become colours. Decoded by sharp, an optional peer dependency.
 *
 * @throws TwinferError TWINFER_MISSING_DEPENDENCY where sharp is not installed or does not load,
 * TWINFER_FILE_NOT_FOUND (naming the nearest file), TWINFER_FILE_UNREADABLE, TWINFER_IMAGE_INVALID for what is no image
 * or a damaged or truncated one, TWINFER_IMAGE_UNSUPPORTED for images of which no plain 8-bit pixels follow without a
 * choice: 16 bits or floats, CMYK, animations and pages, drawings.
 */
export const decodeImage = answering('decodeImage', async (source: string | Uint8Array): Promise<Pixels> => {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    const received = describeValue(source)
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `decodeImage: expected a path or a Uint8Array, received ${received}`,
    )
  }
  const name = typeof source === 'string' ? source : 'the image'
  const bytes = typeof source === 'string' ? await readImage(source) : source
  const sharp = await loadSharp(`decoding ${name}`)
  // A warning of the decoder is an error: what it fills in where data is missing are no pixels of the picture's.
  const options: SharpOptions = { failOn: 'warning', ignoreIcc: true }
  const metadata = await orInvalid(name, () => sharp(bytes, options).metadata())
  refuseUnsupported(name, metadata)
  const isGrey = metadata.space === 'b-w'
  const { data, info } = await orInvalid(name, () =>
    sharp(bytes, options)
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )
  const { width, height, channels } = info
  return { data, width, height, channels, orientation: metadata.orientation ?? 1 }
})

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') await requireFile(path, 'image')
    throw unreadable('image', path, cause)
  }
}

function refuseUnsupported(name: string, metadata: Metadata): void {
  const { format, depth, space, pages = 1 } = metadata
  if (!rasterFormats.includes(format)) {
    throw unsupported(
      name,
      `a ${format}, which has no pixels of its own`,
      'Render it to a PNG of the size you want.',
    )
  }
  if (pages > 1)
    throw unsupported(name, `${pages} frames or pages`, 'Take one of them out into a file of its own.')
  if (space === 'cmyk')
    throw unsupported(name, 'CMYK colours', 'Convert it to RGB with the profile that you print with.')
  if (depth !== 'uchar') {
    throw unsupported(
      name,
      `values of '${depth}' rather than 8 bits`,
      'Convert it to 8 bits the way that the training did: Pillow clips, OpenCV divides by 256.',
    )
  }
}

function unsupported(name: string, what: string, help: string): TwinferError {
  return new TwinferError(
    'TWINFER_IMAGE_UNSUPPORTED',
    `${name}: expected one picture of 8 bits, received ${what}`,
    {
      help,
    },
  )
}

async function orInvalid<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    if (/exceeds pixel limit/i.test(message)) {
      throw unsupported(name, 'more pixels than sharp decodes', 'Make it smaller first.')
    }
    throw new TwinferError(
      'TWINFER_IMAGE_INVALID',
      `${name}: it cannot be decoded: ${message.split('\n', 1)[0]}`,
      {
        help: 'It is no image, or a damaged or truncated one.',
        cause,
      },
    )
  }
}
