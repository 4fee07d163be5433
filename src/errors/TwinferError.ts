import type { TwinferErrorCode } from './TwinferErrorCode.js'

export interface TwinferErrorDetails {
  /** What to do about it, in one or two sentences. */
  help?: string
  /** What the engine printed during the call that failed. */
  log?: readonly string[]
  cause?: unknown
}

/** The one error of this package. The addon throws the same class. */
export class TwinferError extends Error {
  override readonly name = 'TwinferError'
  readonly code: TwinferErrorCode
  readonly help: string
  readonly log: readonly string[]

  constructor(
    code: TwinferErrorCode,
    message: string,
    { help = '', log = [], cause }: TwinferErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.help = help
    this.log = log
  }
}
