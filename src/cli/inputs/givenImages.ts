import { TwinferError } from '../../errors/TwinferError.js'
import { parseInputSpec } from './readInputs.js'

/**
 * The pictures that `--image` names, `FILE` or `NAME=FILE`, as the API takes them: one, or by input. Throws
 * TWINFER_USAGE for one without a name beside others.
 */
export function givenImages(
  specs: readonly string[] | undefined,
): string | Record<string, string> | undefined {
  if (specs === undefined) return undefined
  const given = specs.map((text) => parseInputSpec(text))
  const [only] = given
  if (given.length === 1 && only!.name === undefined) return only!.file
  const images: Record<string, string> = Object.create(null)
  for (const { name, file } of given) {
    if (name === undefined || Object.hasOwn(images, name)) {
      throw new TwinferError(
        'TWINFER_USAGE',
        `expected each of several --image with the name of another input, received ${file}`,
        { help: 'Give them as --image NAME=FILE.' },
      )
    }
    images[name] = file
  }
  return images
}
