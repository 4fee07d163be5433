import { TwinferError } from './TwinferError.js'

// Untyped code calls with anything: proxies whose traps throw, revoked ones, objects that are no paths and no options.
// Where an argument is checked, it is named. What slips through would be a bare TypeError from somewhere inside, which
// nobody can branch on: the doors of this package turn it into an error of its own, with what happened as its cause.

/** A function of the public API, which throws and rejects with nothing but TwinferErrors. */
export function answering<F extends (...args: never[]) => unknown>(name: string, work: F): F {
  const door = function (this: unknown, ...args: never[]): unknown {
    try {
      const result = work.apply(this, args)
      return result instanceof Promise ? result.catch((error) => refuse(name, error, args)) : result
    } catch (error) {
      refuse(name, error, args)
    }
  }
  return Object.defineProperties(door, {
    name: { value: name, configurable: true },
    length: { value: work.length, configurable: true },
  }) as unknown as F
}

/**
 * The same for all methods and accessors of a class, static ones too: a wrong `this` is an answer as well. `except`
 * names those that see to it themselves.
 */
export function answeringMethods(type: Class, except: readonly string[] = []): void {
  for (const target of [type.prototype, type]) {
    for (const key of Object.getOwnPropertyNames(target)) {
      const property = Object.getOwnPropertyDescriptor(target, key)!
      if (key === 'constructor' || key === 'prototype' || except.includes(key) || !property.configurable)
        continue
      const { value, get } = property
      if (typeof value === 'function') property.value = answering(`${type.name}.${key}`, value)
      else if (get) property.get = answering(`${type.name}.${key}`, get as () => unknown)
      else continue
      Object.defineProperty(target, key, property)
    }
  }
}

interface Class {
  readonly name: string
  readonly prototype: object
}

/** Of callbacks that callers hand in: what they throw is theirs, and passes as it is. */
const foreign = new WeakSet<object>()

/** A callback of the caller's whose errors pass through the doors unchanged. */
export function passingOn<A extends unknown[], R>(callback: (...args: A) => R): (...args: A) => R {
  if (typeof callback !== 'function' || /^class\b/.test(Function.prototype.toString.call(callback))) {
    const received = typeof callback === 'function' ? 'a class' : typeof callback
    throw new TwinferError('TWINFER_INVALID_ARGUMENT', `expected a function, received ${received}`)
  }
  return (...args) => {
    try {
      return callback(...args)
    } catch (error) {
      if (typeof error === 'object' && error !== null) foreign.add(error)
      throw error
    }
  }
}

/**
 * Throws the error if it is one of ours or a caller's own, else one of ours with it as the cause. Where all arguments are
 * strings, as paths are, none of them can have done it: it is a fault of this package then, and must not be taken for an
 * answer to a bad file.
 */
export function refuse(name: string, error: unknown, args: readonly unknown[] = [undefined]): never {
  if (error instanceof TwinferError || (typeof error === 'object' && error !== null && foreign.has(error))) {
    throw error
  }
  const code = codeOf(error)
  if (
    code === 'TWINFER_INVALID_ARGUMENT' &&
    args.length > 0 &&
    args.every((one) => typeof one === 'string')
  ) {
    throw new TwinferError('TWINFER_INTERNAL', `${name}: ${messageOf(error)}`, {
      cause: error,
      help: 'This is a fault of twinfer: please report it with the file.',
    })
  }
  throw new TwinferError(code, `${name}: ${messageOf(error)}`, {
    cause: error,
    help: 'One of the arguments cannot be used: see `cause` for what it did.',
  })
}

function codeOf(error: unknown) {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return 'TWINFER_FILE_UNREADABLE'
  if (error instanceof RangeError && /alloc|array length/i.test(String(message)))
    return 'TWINFER_OUT_OF_MEMORY'
  return 'TWINFER_INVALID_ARGUMENT'
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'something was thrown that cannot be shown'
  }
}
