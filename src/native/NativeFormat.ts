/** The little-endian word at an offset of a file, undefined outside of it. */
export type ReadWord = (offset: number) => number | undefined

/** cpp/format: what model files say, read without an engine. */
export interface NativeFormat {
  /**
   * A JSON document: `NcnnReport`, with the parameters of its layers for `params`. The .bin is read through `word`,
   * where there is one.
   */
  ncnn(param: Uint8Array, weightsSize?: number, word?: ReadWord, params?: boolean): string
  /** A JSON document: `Content`, of the first bytes of a file. */
  content(start: Uint8Array): string
  /** A JSON document: `MnnReport`, of a file or its content. */
  mnn(model: string | Uint8Array, weightFileBytes?: number): string
}
