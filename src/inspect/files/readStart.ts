import { open } from 'node:fs/promises'

/** Enough to tell what a file is, and small enough to read from any of them. */
const length = 4096

/** The first bytes of a file that exists. */
export async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(length)
    const { bytesRead } = await file.read(bytes, 0, length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
