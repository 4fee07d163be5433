import { type FileHandle, open, stat } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import type { Tensor } from '../Tensor.js'
import { fileError, npyError } from './fileError.js'
import { checkSize, locateHeader, longestHeader } from './locateHeader.js'
import { NpyDataBuilder } from './NpyDataBuilder.js'
import { parseHeader } from './parseHeader.js'

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

/**
 * Reads the content of a .npy file (format versions 1.0 to 3.0) that is in memory already. The data are
 * copied; Fortran order becomes C order, foreign byte order the machine's; the layout is 'NCHW', as the
 * format records none. `name` names it in messages. Throws TWINFER_NPY_INVALID.
 */
export const parseNpy = answering(
  'parseNpy',
  function parseNpy(bytes: Uint8Array, name = 'array.npy'): Tensor {
    if (!(bytes instanceof Uint8Array)) {
      throw new TwinferError(
        'TWINFER_INVALID_ARGUMENT',
        `bytes: expected a Uint8Array, received ${describeValue(bytes)}`,
        {
          help: 'Give the content of a .npy file; readNpy takes its path.',
        },
      )
    }
    const { start, end, encoding } = locateHeader(name, bytes, bytes.length)
    const header = parseHeader(name, Buffer.from(bytes.subarray(start, end)).toString(encoding))
    checkSize(name, header, end, bytes.length)
    const data = new NpyDataBuilder(name, header)
    data.write(bytes.subarray(end))
    return data.finish()
  },
)

/**
 * Reads the content of a .npy file that comes in pieces, `size` bytes in all. Takes the pieces to their end,
 * so that what made them can check them.
 */
export async function readNpyPieces(
  name: string,
  size: number,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Tensor> {
  const head = new Uint8Array(Math.min(size, longestHeader))
  let received = 0
  let data: NpyDataBuilder | undefined
  for await (const piece of pieces) {
    if (received + piece.length > size) throw npyError(name, `expected ${size} bytes, received more`)
    const ofHead = piece.subarray(0, Math.max(0, head.length - received))
    if (ofHead.length > 0) head.set(ofHead, received)
    received += piece.length
    if (received < head.length) continue
    data ??= startData(name, head, size)
    data.write(piece.subarray(ofHead.length))
  }
  if (received < size) throw npyError(name, `truncated: expected ${size} bytes, received ${received}`)
  return (data ?? startData(name, head, size)).finish()
}

/** Everything that is known once the first bytes are there; those behind the header are data already. */
function startData(name: string, head: Uint8Array, size: number): NpyDataBuilder {
  const { start, end, encoding } = locateHeader(name, head, size)
  const header = parseHeader(name, Buffer.from(head.subarray(start, end)).toString(encoding))
  checkSize(name, header, end, size)
  const data = new NpyDataBuilder(name, header)
  data.write(head.subarray(end))
  return data
}

/**
 * Opens a file to read. Its kind is asked before: opening a named pipe would wait for a writer, perhaps
 * forever, and the size of a device says nothing about what can be read from it.
 */
export async function openRegularFile(file: string): Promise<{ handle: FileHandle; size: number }> {
  const before = await stat(file)
  if (!before.isFile()) {
    const what = before.isDirectory() ? 'a folder' : 'a pipe, socket or device'
    throw new TwinferError(
      'TWINFER_FILE_UNREADABLE',
      `cannot read ${file}: expected a file, received ${what}`,
      {
        help: before.isDirectory() ? 'Name the .npy file inside it.' : 'Save the data to a file first.',
      },
    )
  }
  const handle = await open(file)
  const { size } = await handle.stat().catch(async (error) => {
    await handle.close()
    throw error
  })
  return { handle, size }
}

/** One read of more than 2 GiB fails on every platform. */
const largestRead = 2 ** 28

/** Fills `target` from `position` on. Returns how much there was: less than asked for at the file's end. */
export async function readInto(
  file: Pick<FileHandle, 'read'>,
  target: Uint8Array,
  position: number,
  chunk = largestRead,
): Promise<number> {
  let done = 0
  while (done < target.length) {
    const length = Math.min(chunk, target.length - done)
    const { bytesRead } = await file.read(target, done, length, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}
