import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { TwinferError } from '../../errors/TwinferError.js'
import { externalPath } from './externalPath.js'
import type { TensorProto } from './TensorProto.js'

/** The bytes of a tensor whose data lie in a file of their own. */
export function readExternalData(tensor: TensorProto, bytes: number, model: string): Uint8Array {
  const path = externalPath(tensor.external.get('location') ?? '', tensor.name, model)
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
