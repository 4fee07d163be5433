import type { WeightBytes } from './WeightBytes.js'
import { largestPiece } from './WeightBytes.js'

/** Calls `visit` with the bytes from `offset` on, piece by piece, and where each piece starts. */
export async function visitPieces(
  source: WeightBytes,
  offset: number,
  length: number,
  visit: (piece: Uint8Array, at: number) => void,
): Promise<void> {
  for (let done = 0; done < length; ) {
    const piece = await source.piece(offset + done, Math.min(largestPiece, length - done))
    if (piece.length === 0) return
    visit(piece, done)
    done += piece.length
  }
}
