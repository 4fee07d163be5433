import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'

/**
 * Where the data of a tensor lie that the model keeps in a file of their own. That file must be in the model's
 * folder, as the format demands: a model from elsewhere must not be able to read any file of this machine.
 *
 * Throws TWINFER_FILE_NOT_FOUND, and TWINFER_MODEL_INVALID for a file elsewhere.
 */
export function externalPath(location: string, name: string, model: string): string {
  const folder = dirname(resolve(model))
  try {
    const path = realpathSync(resolve(folder, location))
    const inside = relative(realpathSync(folder), path)
    if (location && !isAbsolute(location) && !isAbsolute(inside) && inside.split(sep)[0] !== '..') return path
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_FILE_NOT_FOUND',
      `${model}: no such file '${location}', where the data of tensor '${name}' are`,
      {
        cause,
        help: 'Copy the data file beside the model.',
      },
    )
  }
  throw new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${model}: the data of tensor '${name}' are in '${location}': expected a file in the model's folder`,
    { help: 'Copy the data file beside the model, and export with a relative path.' },
  )
}
