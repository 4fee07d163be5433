import { npyError } from './fileError.js'
import type { NpyHeader } from './parseHeader.js'

const magic = '\x93NUMPY'
/** Plain arrays need about 100 bytes; NumPy itself refuses more than 10,000 unless told otherwise. */
const longestDict = 65536
/** With the magic string, the version and a length field of four bytes. */
export const longestHeader = longestDict + 12

interface HeaderPlace {
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

const signatures: readonly (readonly [start: string, what: string])[] = [
  ['PK\x03\x04', 'a zip archive; an .npz is one, and holds several .npy files'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x80\x02', 'a Python pickle'],
  ['\x80\x03', 'a Python pickle'],
  ['\x80\x04', 'a Python pickle'],
  ['\x80\x05', 'a Python pickle'],
  ['version https://git-lfs', 'a Git LFS pointer, not the file it stands for'],
  ['NUMPY', 'a .npy file whose first byte was lost, as text-mode transfers do'],
]

/** What a file that is no .npy looks like by its first bytes, or undefined where nobody can tell. */
function describeContent(start: Uint8Array): string | undefined {
  if (start.length === 0) return 'an empty file'
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1')
  const known = signatures.find(([signature]) => text.startsWith(signature))
  if (known) return known[1]
  if (looksLikeOnnx(start)) return 'an ONNX model (protobuf)'
  return /^[\t\n\r -~]+$/.test(text) ? `text: ${JSON.stringify(text.trim().slice(0, 40))}` : undefined
}

/** ModelProto starts with field 1, ir_version, a small number; another field of 2..8 follows. */
function looksLikeOnnx(start: Uint8Array): boolean {
  const [first, version, next] = start
  if (first !== 0x08 || version === undefined || version === 0 || version > 32 || next === undefined)
    return false
  const field = next >> 3
  return field >= 2 && field <= 8 && (next & 7) === (field === 5 ? 0 : 2)
}

/** Refuses a file that holds fewer or more bytes than its header says, before they are read. */
export function checkSize(name: string, header: NpyHeader, dataStart: number, size: number): void {
  const expected = dataStart + header.dataBytes
  if (size === expected) return
  const what = `${header.dtype} of shape (${header.shape.join(', ')})`
  const numbers = `expected ${expected} bytes for ${what}, received ${size}`
  if (size < expected) {
    throw npyError(name, `truncated: ${numbers}`, 'Copy or download the file again: its end is missing.')
  }
  throw npyError(
    name,
    `${size - expected} bytes too many: ${numbers}`,
    'Save one array a file; appended arrays are not read.',
  )
}
