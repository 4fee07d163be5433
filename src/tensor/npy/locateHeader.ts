import { describeContent } from './describeContent.js'
import { npyError } from './npyError.js'

const magic = '\x93NUMPY'
/** Plain arrays need about 100 bytes; NumPy itself refuses more than 10,000 unless told otherwise. */
const longestDict = 65536
/** With the magic string, the version and a length field of four bytes. */
export const longestHeader = longestDict + 12

export interface HeaderPlace {
  readonly start: number
  readonly end: number
  readonly encoding: 'latin1' | 'utf8'
}

/**
 * Where the header dict lies, from the file's first bytes (12 are enough, more let the error say what the
 * file is instead). `size` is the whole file's: a length field beyond it is refused before anything is
 * allocated for it.
 */
export function locateHeader(name: string, first: Uint8Array, size: number): HeaderPlace {
  const bytes = Buffer.from(first.buffer, first.byteOffset, first.byteLength)
  if (bytes.toString('latin1', 0, 6) !== magic) throw wrongMagic(name, bytes)
  if (size < 10) throw npyError(name, `truncated: expected a header, received a file of ${size} bytes`)
  const [major, minor] = [bytes[6]!, bytes[7]!]
  if (major < 1 || major > 3 || minor !== 0) {
    throw npyError(name, `expected .npy format version 1.0, 2.0 or 3.0, received ${major}.${minor}`)
  }
  const start = major === 1 ? 10 : 12
  if (size < start) throw npyError(name, `truncated: expected a header, received a file of ${size} bytes`)
  const length = major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  if (start + length > size) {
    throw npyError(name, `truncated: expected a header of ${length} bytes, received a file of ${size} bytes`)
  }
  if (length > longestDict) {
    throw npyError(name, `expected a header of at most ${longestDict} bytes, received ${length}`)
  }
  return { start, end: start + length, encoding: major === 3 ? 'utf8' : 'latin1' }
}

function wrongMagic(name: string, first: Uint8Array) {
  const content = describeContent(first)
  const hex = Buffer.from(first.subarray(0, 6)).toString('hex')
  return npyError(
    name,
    `not a .npy file: expected it to start with \\x93NUMPY, received ${content === undefined ? `bytes ${hex}` : `what looks like ${content}`}`,
    'Give a file that numpy.save wrote; of an .npz, name the array: FILE.npz:NAME.',
  )
}
