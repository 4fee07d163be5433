import type { FileHandle } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../describeValue.js'
import type { Tensor } from '../Tensor.js'
import { checkSize } from './checkSize.js'
import { fileError } from './fileError.js'
import { locateHeader } from './locateHeader.js'
import { NpyDataBuilder } from './NpyDataBuilder.js'
import { npyError } from './npyError.js'
import { openRegularFile } from './openRegularFile.js'
import { parseHeader } from './parseHeader.js'
import { readInto } from './readInto.js'

/** Holds the header of every plain array, so that one read is enough for it. */
const firstRead = 4096

/**
 * Reads a .npy file (format versions 1.0 to 3.0) of any size that memory allows, holding its data once.
 * Fortran order becomes C order, foreign byte order the machine's; the layout is 'NCHW', as the format records
 * none. Sizes are checked against the file's, and against the memory there is, before any is allocated.
 *
 * Throws TWINFER_NPY_INVALID, TWINFER_FILE_NOT_FOUND (its help names a file with a similar name),
 * TWINFER_FILE_UNREADABLE (a folder, no permission) or TWINFER_OUT_OF_MEMORY.
 */
export const readNpy = answering('readNpy', async function readNpy(file: string): Promise<Tensor> {
  if (typeof file !== 'string' || file === '') {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `file: expected a path, received ${describeValue(file)}`,
      {
        help: 'Give the path of a .npy file.',
      },
    )
  }
  try {
    const { handle, size } = await openRegularFile(file)
    try {
      return await readTensor(file, handle, size)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw await fileError(file, 'read', error)
  }
})

async function readTensor(name: string, handle: FileHandle, size: number): Promise<Tensor> {
  const first = await readBytes(name, handle, 0, Math.min(size, firstRead))
  const { start, end, encoding } = locateHeader(name, first, size)
  const text =
    end <= first.length ? first.subarray(start, end) : await readBytes(name, handle, start, end - start)
  const header = parseHeader(name, Buffer.from(text).toString(encoding))
  checkSize(name, header, end, size)
  const data = new NpyDataBuilder(name, header)
  while (data.missing > 0) {
    const target = data.next()
    await fill(name, handle, target, size - data.missing)
    data.advance(target.length)
  }
  return data.finish()
}

async function readBytes(name: string, handle: FileHandle, position: number, length: number) {
  const bytes = new Uint8Array(length)
  await fill(name, handle, bytes, position)
  return bytes
}

async function fill(name: string, handle: FileHandle, target: Uint8Array, position: number): Promise<void> {
  const received = await readInto(handle, target, position)
  if (received === target.length) return
  throw npyError(
    name,
    `changed while it was read: expected ${target.length} bytes at ${position}, received ${received}`,
  )
}
