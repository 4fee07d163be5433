import type { Tensor } from '../Tensor.js'
import { checkSize } from './checkSize.js'
import { locateHeader, longestHeader } from './locateHeader.js'
import { NpyDataBuilder } from './NpyDataBuilder.js'
import { npyError } from './npyError.js'
import { parseHeader } from './parseHeader.js'

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
