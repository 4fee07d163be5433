import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../tensor/describeValue.js'

/** Reads an untyped value as a T; `at` says where it stands, for the error: `recorded.outputs[0].shape`. */
export type Check<T> = (value: unknown, at: string) => T

export function packError(message: string, help = 'Record the pack again.'): TwinferError {
  return new TwinferError('TWINFER_PACK_INVALID', message, { help })
}

export function expected(what: string, value: unknown, at: string): TwinferError {
  return packError(`manifest.json: ${at}: expected ${what}, received ${describeValue(value)}`)
}

/** A primitive that is `what`. */
export function that<T>(what: string, is: (value: unknown) => boolean): Check<T> {
  return (value, at) => {
    if (is(value)) return value as T
    throw expected(what, value, at)
  }
}

export function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw expected('a list', value, at)
    return value.map((element, i) => item(element, `${at}[${i}]`))
  }
}

/** An object whose keys are free. */
export function dictionary<T>(item: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(requireObject(value, at))
    return Object.fromEntries(entries.map(([key, field]) => [key, item(field, `${at}.${key}`)]))
  }
}

/** An object with these fields. Others are left out: a later minor version may have more. */
export function fields<T>(checks: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const names = Object.keys(checks) as (keyof T & string)[]
  return (value, at) => {
    const from = requireObject(value, at)
    // Own properties only: a missing field must not be found on a prototype.
    const entries = names.map((name) => [
      name,
      checks[name](Object.hasOwn(from, name) ? from[name] : undefined, at === '' ? name : `${at}.${name}`),
    ])
    return Object.fromEntries(entries) as T
  }
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at))
}

/** Of a field that earlier versions do not have. */
export function orAbsent<T>(check: Check<T>): Check<T | undefined> {
  return (value, at) => (value === undefined ? undefined : check(value, at))
}

export function oneOf<T extends string>(...words: readonly T[]): Check<T> {
  return that(words.join(' or '), (value) => (words as readonly unknown[]).includes(value))
}

function requireObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw expected('an object', value, at === '' ? 'the whole' : at)
}
