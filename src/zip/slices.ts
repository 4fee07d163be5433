/** What deflate is handed at once; it would hold all that is not yet written. */
const largestSlice = 2 ** 18

/** Views of large arrays in small pieces, for a stream to take as it can. */
export function* slices(...parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let start = 0; start < part.length; start += largestSlice) {
      yield part.subarray(start, start + largestSlice)
    }
  }
}
