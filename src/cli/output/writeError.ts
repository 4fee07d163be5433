import { writeSync } from 'node:fs'
import type { TwinferErrorCode } from '../../errors/TwinferErrorCode.js'
import { toJson } from '../../report/toJson.js'

export interface ErrorDocument {
  readonly code: TwinferErrorCode
  readonly message: string
  readonly help: string
  /** What the engine printed during the call that failed. */
  readonly log: readonly string[]
}

/** The error for people on stderr, and for programs as the one JSON document on stdout. */
export function writeError({ code, message, help, log }: ErrorDocument, json: boolean): void {
  const lines = [`error ${code}: ${message}`, ...log.map((line) => `engine: ${line}`)]
  if (help) lines.push(`help: ${help}`)
  writeQuietly(2, `${lines.join('\n')}\n`)
  if (json) writeQuietly(1, `${toJson({ error: { code, message, help, ...(log.length > 0 && { log }) } })}\n`)
}

/** Nobody is left to tell when the reader has gone away (`| head`). */
function writeQuietly(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {}
}
