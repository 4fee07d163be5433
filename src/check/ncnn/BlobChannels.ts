/** What is known of a blob without running: the size of its outermost axis, and whether it is the only one. */
export interface BlobChannels {
  readonly channels: number
  readonly vector: boolean
  /** It follows from the sizes in an Input alone: a note of the converter, which ncnn never reads. */
  readonly noted: boolean
}
