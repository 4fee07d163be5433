/** Layers of a network, or operators of a model, as a file of their own. */
export interface NativePiece {
  readonly model: Uint8Array
  /** Runs of bytes of the file of weights, which belong to it in this order. */
  readonly weights: readonly (readonly [offset: number, bytes: number])[]
}
