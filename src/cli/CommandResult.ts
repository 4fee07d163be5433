import { writeSync } from 'node:fs'
import { TwinferError, type TwinferErrorCode } from '../errors/TwinferError.js'
import { indented, linesOf } from '../format/visibleText.js'

/** 0 pass, 1 the accuracy check failed, 2 usage or load error, 3 inconclusive. */
export type ExitCode = 0 | 1 | 2 | 3

/** What a command has to say, for programs and for people. */
export interface CommandResult {
  readonly exitCode: ExitCode
  readonly document: unknown
  readonly text: string
}

/** Where a command hands in its result. */
export type Done = (result: CommandResult) => void

export interface ErrorDocument {
  readonly code: TwinferErrorCode
  readonly message: string
  readonly help: string
  /** What the engine printed during the call that failed. */
  readonly log: readonly string[]
}

/** The error for people on stderr, and for programs as the one JSON document on stdout. */
export function writeError({ code, message, help, log }: ErrorDocument, json: boolean): void {
  const parts = [`error ${code}: ${message}`, ...log.map((line) => `engine: ${line}`)]
  if (help) parts.push(`help: ${help}`)
  writeQuietly(2, `${linesOf(parts.flatMap(indented))}\n`)
  if (json) writeQuietly(1, `${toJson({ error: { code, message, help, ...(log.length > 0 && { log }) } })}\n`)
}

/** Nobody is left to tell when the reader has gone away (`| head`). */
function writeQuietly(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {}
}

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

/**
 * One JSON document. NaN and infinities become null, as JSON has neither; 64-bit integers become numbers. Characters that
 * a terminal obeys are escaped, those beyond ASCII as well, which JSON lets through.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item),
    2,
  )
  return json?.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n' ? '\n' : escaped(character),
  )
}

/** By its halves, where it takes two. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  }).join('')
}
