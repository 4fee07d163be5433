import type { Entry } from 'yauzl'
import { TwinferError } from '../errors/TwinferError.js'
import type { CheckedLimits } from './ZipLimits.js'
import { zipError } from './zipError.js'

/** A member this small cannot hurt, however well it is packed. */
const harmless = 2 ** 28

/**
 * Refuses an archive by what its directory says, before anything is unpacked. Together the members cannot
 * be packed into more bytes than the file has: those of a quine or an overlapping bomb can.
 */
export function checkEntries(
  file: string,
  entries: readonly Entry[],
  fileBytes: number,
  limits: CheckedLimits,
): void {
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0)
  if (packed > fileBytes) {
    throw zipError(
      file,
      `its members overlap: expected at most ${fileBytes} packed bytes, received ${packed} in its directory`,
    )
  }
  const unpacked = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (unpacked > limits.bytes) {
    throw tooLarge(file, `expected at most ${limits.bytes} unpacked bytes, received ${unpacked}`)
  }
  for (const { fileName, compressedSize, uncompressedSize } of entries) {
    if (uncompressedSize <= harmless || uncompressedSize <= limits.ratio * compressedSize) continue
    throw tooLarge(
      file,
      `member ${fileName}: expected at most ${limits.ratio} times its ${compressedSize} packed bytes, received ${uncompressedSize}`,
    )
  }
}

export function tooLarge(file: string, message: string): TwinferError {
  return new TwinferError('TWINFER_LIMIT_EXCEEDED', `${file}: ${message}`, {
    help: 'If you trust the file, give higher `limits` to the function that reads it.',
  })
}
