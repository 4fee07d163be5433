/** A .param, text or binary. */
export interface NcnnSource {
  readonly file: string
  readonly content: Uint8Array
}
