import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import type { TensorProto } from './TensorProto.js'

/**
 * The bytes of a tensor whose data lie in a file of their own. That file must be in the model's folder, as the
 * format demands: a model from elsewhere must not be able to read any file of this machine.
 */
export function readExternalData(tensor: TensorProto, bytes: number, model: string): Uint8Array {
  const path = confinedPath(tensor, model)
  const offset = Number(tensor.external.get('offset') ?? 0)
  const handle = openSync(path, 'r')
  try {
    const stats = fstatSync(handle)
    const length = Number(tensor.external.get('length') ?? bytes)
    const fits = Number.isSafeInteger(offset) && offset >= 0 && offset + bytes <= stats.size
    if (!stats.isFile() || !fits || length !== bytes) {
      throw new TwinferError(
        stats.isFile() && length === bytes ? 'TWINFER_MODEL_TRUNCATED' : 'TWINFER_MODEL_INVALID',
        `${model}: tensor '${tensor.name}': expected ${bytes} bytes at ${offset} of ${path}, which has ${stats.size}; the model states ${length}`,
        { help: 'Copy the model together with its data file.' },
      )
    }
    const content = new Uint8Array(bytes)
    for (let done = 0; done < bytes; ) {
      const read = readSync(handle, content, done, Math.min(bytes - done, 2 ** 28), offset + done)
      if (read === 0) break
      done += read
    }
    return content
  } finally {
    closeSync(handle)
  }
}

function confinedPath({ name, external }: TensorProto, model: string): string {
  const location = external.get('location') ?? ''
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
