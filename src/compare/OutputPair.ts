/** Two outputs that are compared with each other. */
export interface OutputPair {
  readonly reference: string
  readonly candidate: string
  readonly by: PairedBy
}

/**
 * What a pair rests on, strongest first. `given`: the caller says so. `name`: both have it. `number`: pnnx calls
 * what it converts out0, out1, … (in0, in1, …) in the original's order, whatever the place in its own file is.
 * `value` and `shape`: no other output is like it. `order`: nothing tells more than the place.
 */
export type PairedBy = 'given' | 'name' | 'number' | 'value' | 'shape' | 'order'

export interface OutputPairing {
  /** In the reference's order. */
  readonly pairs: readonly OutputPair[]
  /** The reference's outputs without a partner: a failure, never a skipped check. */
  readonly missing: readonly string[]
  /** The candidate's outputs without a partner. */
  readonly extra: readonly string[]
}
