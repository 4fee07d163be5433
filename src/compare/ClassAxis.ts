/** Where class scores lie: the score of class c at position (o, i) is at (o * classes + c) * inner + i. */
export interface ClassAxis {
  readonly outer: number
  readonly classes: number
  readonly inner: number
}
