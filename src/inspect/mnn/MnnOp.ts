/** One op of a net, with tensor names in place of indexes. */
export interface MnnOp {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Only for ops of type Input. */
  readonly input?: MnnInput
}

export interface MnnInput {
  readonly dims: readonly number[]
  readonly dtype: number
  readonly format: number
}
