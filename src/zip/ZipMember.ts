/** A member of an archive that is to be written. */
export interface ZipMember {
  readonly name: string
  /** Its content in pieces, asked for when its turn comes, so that few are in memory at once. */
  content(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}
