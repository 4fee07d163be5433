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

  constructor(code: TwinferErrorCode, message: string, details: TwinferErrorDetails = {}) {
    const { help = '', log = [], cause } = readable(details)
    super(textOf(message), cause === undefined ? undefined : { cause })
    this.code = code
    this.help = help
    this.log = log
  }
}

// An error is made of whatever there is: making it must not fail.

function readable(details: TwinferErrorDetails | null): TwinferErrorDetails {
  try {
    return { ...details }
  } catch {
    return {}
  }
}

function textOf(message: unknown): string {
  try {
    return String(message)
  } catch {
    return ''
  }
}
