import { InvalidArgumentError } from 'commander'
import { isSqnr, sqnrRange } from '../compare/judge/requireSqnr.js'

/** For options that may be given more than once. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value]
}

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1 && /^\d+$/.test(text)) return count
  throw new InvalidArgumentError('Expected a whole number from 1 up.')
}

/** An SQNR to be reached. */
export function parseDb(text: string): number {
  const db = Number(text)
  if (text.trim() !== '' && isSqnr(db)) return db
  throw new InvalidArgumentError(`Expected decibels from ${sqnrRange[0]} to ${sqnrRange[1]}.`)
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a number above 0.')
}

export type InputShapes = Readonly<Record<string, readonly number[]>>

/** Adds one `NAME=1,3,80,80` (or `1x3x80x80`, as shapes are printed in places). Names may hold `=` themselves. */
export function parseInputShape(text: string, earlier: InputShapes = {}): InputShapes {
  const at = text.lastIndexOf('=')
  const sizes = text
    .slice(at + 1)
    .replace(/^\[(.*)\]$/, '$1')
    .split(/[,x]/)
    .map((size) => size.trim())
  if (at < 1 || !sizes.every((size) => /^\d{1,10}$/.test(size) && Number(size) >= 1)) {
    throw new InvalidArgumentError('Expected NAME=SIZES, such as image=1,3,80,80.')
  }
  return { ...earlier, [text.slice(0, at)]: sizes.map(Number) }
}

/** A whole number from 0 up. */
export function parseWhole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 0 up.')
}
