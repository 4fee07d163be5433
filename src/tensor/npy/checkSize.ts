import type { NpyHeader } from './NpyHeader.js'
import { npyError } from './npyError.js'

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
