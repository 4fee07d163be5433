import type { FileHandle } from 'node:fs/promises'

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
