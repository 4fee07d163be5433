/** What differs between the recorded run and this one, and should be known before any number is read. */
export interface PackNotice {
  readonly code:
    | 'weights-differ'
    | 'engine-version-differs'
    | 'twinfer-version-differs'
    | 'engine-differs'
    | 'precision-differs'
    | 'machine-differs'
    | 'not-repeatable'
    | 'input-dropped'
    | 'inputs-by-number'
  /** `warning`: it may explain a difference by itself. */
  readonly severity: 'warning' | 'info'
  readonly message: string
}
