/** quantize_term 400 … 812: bits x 100, + 10 with scales of the input, + the size of a block (0 to 2). */
export class BlockQuantisation {
  private constructor(
    readonly bits: 4 | 6 | 8,
    private readonly size: number,
    readonly inputScales: boolean,
  ) {}

  static of(term: number): BlockQuantisation | undefined {
    const bits = ([4, 6, 8] as const).find((each) => each === Math.floor(term / 100))
    const format = Math.floor((term % 100) / 10)
    const code = term % 10
    if (bits === undefined || format > 1 || code > 2) return undefined
    return new BlockQuantisation(bits, 32 << code, format === 1)
  }

  /** Bytes of `k` packed values. */
  packed(k: number): number {
    return Math.ceil((k * this.bits) / 8)
  }

  blocks(k: number): number {
    return Math.ceil(k / this.size)
  }
}
