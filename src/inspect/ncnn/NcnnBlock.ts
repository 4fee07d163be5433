/** A block of numbers that a layer loads, and its place in the .bin. */
export interface NcnnBlock {
  /** Index of the layer. */
  readonly layer: number
  readonly role: 'weight' | 'bias' | 'scale' | 'data'
  /**
   * `table`: a byte for each, an index into 256 floats in front. `packed`: whole numbers of `bits` bits, whose scales
   * are in other blocks.
   */
  readonly storage: 'fp32' | 'fp16' | 'bf16' | 'int8' | 'table' | 'packed'
  /** Numbers; bytes where they are packed. */
  readonly count: number
  /** Of the output; the numbers of one stand together. */
  readonly channels: number
  readonly bits: 4 | 6 | 8
  /** Of the numbers, behind the tag where there is one. */
  readonly offset: number
  readonly bytes: number
  /** The first number is the word of a storage tag. */
  readonly startsWithTag: boolean
}
