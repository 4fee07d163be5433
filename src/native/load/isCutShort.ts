import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { lengthOfElf } from './readElf.js'

/** Where the headers of every ELF file that a linker writes end. */
const headerBytes = 4096

/**
 * True for a library that ends before its headers say. Asked before each load, because the dynamic linker
 * maps such a file all the same, and the first access behind its end is a SIGBUS.
 */
export function isCutShort(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(headerBytes)
      const length = lengthOfElf(start.subarray(0, readSync(file, start)))
      return length !== undefined && length > fstatSync(file).size
    } finally {
      closeSync(file)
    }
  } catch {
    return false // Node says it better
  }
}
