import { TwinferError } from '../../../errors/TwinferError.js'
import { describeValue } from '../../../errors/words.js'
import type { AudioPreprocessing } from '../../audio/AudioPreprocessing.js'
import type { Preprocessing } from '../../Preprocessing.js'
import type { OutputMeaning, SourceKind } from '../Sidecar.js'

/** What is known of a record so far; a field without a value is left open. */
export type PartialRecord = { readonly [K in keyof Preprocessing]?: Preprocessing[K] | undefined }

/** What another tool's configuration says of a model. */
export interface Import {
  readonly kind: SourceKind
  /** The file's name without its folder, or the name of weights. */
  readonly from: string
  readonly record: PartialRecord
  /** Of an input that is made of sound: then nothing is in `record`. */
  readonly audio?: AudioPreprocessing | undefined
  readonly meaning?: OutputMeaning | undefined
  readonly labels?: readonly string[] | undefined
  /** What no record can say, and what the source leaves open on purpose, in whole sentences. */
  readonly notes: readonly string[]
}

/** The fields of a configuration that was read from JSON or YAML. */
export type Fields = Readonly<Record<string, unknown>>

/** Reads fields of a configuration; what has another form than its tool writes is refused with its place. */
export class FieldReader {
  constructor(
    readonly file: string,
    readonly fields: Fields,
    private readonly at = '',
  ) {}

  /** The object in this field; undefined where there is none. */
  inside(name: string): FieldReader | undefined {
    const value = this.fields[name]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) throw this.expected('an object', name)
    return new FieldReader(this.file, value as Fields, `${this.at}${name}.`)
  }

  /** The object at this place of a list. */
  item(name: string, index: number): FieldReader {
    const value = (this.fields[name] as readonly unknown[])[index]
    return new FieldReader(this.file, value as Fields, `${this.at}${name}[${index}].`)
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null
  }

  text(name: string): string | undefined {
    return this.#read(name, 'a string', (value): value is string => typeof value === 'string')
  }

  truth(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (value): value is boolean => typeof value === 'boolean')
  }

  number(name: string): number | undefined {
    return this.#read(name, 'a number', isNumber)
  }

  /** A whole number from 1 up. */
  count(name: string): number | undefined {
    return this.#read(name, 'a whole number from 1 up', isCount)
  }

  /** One number, or a list of them. */
  numbers(name: string): number | readonly number[] | undefined {
    const isNumbers = (value: unknown): value is number | number[] =>
      isNumber(value) || (Array.isArray(value) && value.length > 0 && value.every(isNumber))
    return this.#read(name, 'a number or a list of numbers', isNumbers)
  }

  /** Whole numbers from 1 up, as many as `length`. */
  counts(name: string, length: number): readonly number[] | undefined {
    const isCounts = (value: unknown): value is number[] =>
      Array.isArray(value) && value.length === length && value.every(isCount)
    return this.#read(name, `${length} whole numbers from 1 up`, isCounts)
  }

  /** TWINFER_SIDECAR_INVALID for the value of a field. */
  expected(what: string, name: string): TwinferError {
    const value = this.fields[name]
    const shown = Array.isArray(value)
      ? JSON.stringify(value.map(shallow)).slice(0, 60)
      : describeValue(value)
    return importError(this.file, `${this.at}${name}: expected ${what}, received ${shown}`)
  }

  #read<T>(name: string, what: string, is: (value: unknown) => value is T): T | undefined {
    if (!this.has(name)) return undefined
    const value = this.fields[name]
    if (is(value)) return value
    throw this.expected(what, name)
  }
}

/** Without what is inside: a file of a stranger may nest deeper than JSON.stringify follows. */
function shallow(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item
  return Array.isArray(item) ? [] : {}
}

export function importError(file: string, message: string, help?: string): TwinferError {
  return new TwinferError('TWINFER_SIDECAR_INVALID', `${file}: ${message}`, {
    help: help ?? 'docs/preprocessing.md says which fields of which tool are read.',
  })
}

/**
 * The share that `cover` keeps where the short side is resized to `resized` and `size` cut out: such that
 * floor(size / share) is `resized` again, which the quotient alone need not give.
 */
export function cropShare(size: number, resized: number): number {
  const share = size / resized
  return Math.floor(size / share) === resized ? share : share * (1 - 2 ** -50)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}
