/** One sentence about what is wrong, and what to do. */
export interface LoadFailure {
  readonly reason: string
  readonly help: string
}
