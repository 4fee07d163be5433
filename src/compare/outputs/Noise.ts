/** How far repeated runs of one model on one input are from each other. */
export interface Noise {
  readonly runs: number
  readonly deterministic: boolean
  /** The least SQNR between the first and any other run, in dB; IDENTICAL_DB where they agree bit for bit. */
  readonly outputs: readonly { readonly name: string; readonly sqnrDb: number }[]
}
