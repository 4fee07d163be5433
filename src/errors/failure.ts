import { TwinferError, type TwinferErrorCode } from './TwinferError.js'

/** An error as it goes from a child process to its parent. */
export interface Failure {
  readonly code: TwinferErrorCode
  readonly message: string
  readonly help: string
  readonly log: readonly string[]
}

/** What was thrown, in the child; TWINFER_INTERNAL with its stack for what nobody expected. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TwinferError) {
    const { code, message, help, log } = error
    return { code, message, help, log }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'TWINFER_INTERNAL', message, help: '', log: [] }
}

/** The same error again, in the parent. */
export function errorOf({ code, message, help, log }: Failure): TwinferError {
  return new TwinferError(code, message, { help, log })
}
