import { TwinferError } from '../errors/TwinferError.js'
import { describeValue, suggest } from '../errors/words.js'

// What the fields of a record have to be. All of these throw TWINFER_INVALID_OPTION with what was expected and received.

export function refuseUnknown(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    throw new TwinferError('TWINFER_INVALID_OPTION', `${what} has no field '${name}'`, {
      help: suggest(name, known) || `Its fields are: ${known.join(', ')}.`,
    })
  }
}

export function requireWord<T extends string>(name: string, value: T, words: readonly T[]): T {
  if (words.includes(value)) return value
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${name}: expected ${words.map((word) => `'${word}'`).join(', ')}, received ${describeValue(value)}`,
    { help: typeof value === 'string' ? suggest(value, words) : '' },
  )
}

export function requireBoolean(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(name, 'true or false', value)
}

export function requireNumber(
  name: string,
  value: unknown,
  holds: (value: number) => boolean,
  range: string,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return value
  throw invalid(name, `a finite number ${range}`, value)
}

/** One number for each channel (or what else there is), of one for all or one each. */
export function perChannel(
  name: string,
  given: number | readonly number[],
  channels: number,
  holds: (value: number) => boolean,
  range: string,
  what = 'channel',
): readonly number[] {
  const each = Array.isArray(given) ? (given as readonly number[]) : new Array<unknown>(channels).fill(given)
  if (each.length !== channels) {
    throw invalid(name, `1 or ${channels} numbers, one for each ${what}`, `${each.length}`)
  }
  return each.map((value) => requireNumber(name, value, holds, range))
}

export function invalid(name: string, expected: string, received: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${name}: expected ${expected}, received ${describeValue(received)}`,
  )
}
