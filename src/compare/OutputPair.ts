/** Two outputs that are compared with each other. */
export interface OutputPair {
  readonly reference: string
  readonly candidate: string
  /** Converters rename outputs, so a pair may rest on their order alone. */
  readonly by: 'name' | 'order'
}

export interface OutputPairing {
  /** In the reference's order. */
  readonly pairs: readonly OutputPair[]
  /** The reference's outputs without a partner: a failure, never a skipped check. */
  readonly missing: readonly string[]
  /** The candidate's outputs without a partner. */
  readonly extra: readonly string[]
}
