import { TwinferError } from '../../errors/TwinferError.js'
import type { ErrorDocument } from './writeError.js'

/** Every error as a document; one that is not ours is a fault of this program, so its stack is wanted. */
export function errorDocument(error: unknown): ErrorDocument {
  if (error instanceof TwinferError) {
    const { code, message, help, log } = error
    return { code, message: message.trimEnd(), help, log: unsaidLines(log, `${message}\n${help}`) }
  }
  return {
    code: 'TWINFER_INTERNAL',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    help: 'This is a fault of twinfer: please report it with the command line.',
    log: [],
  }
}

/** An engine's lines, each once, without those that the error itself repeats. */
function unsaidLines(log: readonly string[], said: string): readonly string[] {
  const lines = new Set(log.map((line) => line.trim()).filter((line) => line !== ''))
  return [...lines].filter((line) => !said.includes(line))
}
