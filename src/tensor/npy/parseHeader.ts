import { arrayForDType, type DType } from '../DType.js'
import { elementsOf } from '../elementsOf.js'
import { npyError } from './fileError.js'

/** What the header of a .npy file says, checked. */
export interface NpyHeader {
  readonly dtype: DType
  readonly littleEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Number of bytes the data take. */
  readonly dataBytes: number
}

const keys = ['descr', 'fortran_order', 'shape'] as const

/** Reads the dict in a .npy header; like NumPy, wants these three keys and no other. */
export function parseHeader(name: string, text: string): NpyHeader {
  const dict = new PythonLiteralReader(text, (expected, received): never => {
    throw npyError(name, `unreadable header: expected ${expected}, received ${received}`)
  }).read()
  if (!(dict instanceof Map))
    throw npyError(name, 'unreadable header: expected a dict, received another literal')
  const received = [...dict.keys()].sort()
  if (received.join() !== keys.join()) {
    throw npyError(
      name,
      `unreadable header: expected the keys ${keys.join(', ')}, received ${received.join(', ') || 'none'}`,
    )
  }
  const fortranOrder = dict.get('fortran_order')
  if (typeof fortranOrder !== 'boolean') {
    throw npyError(
      name,
      `unreadable header: expected fortran_order to be True or False, received ${String(fortranOrder)}`,
    )
  }
  const { dtype, littleEndian } = parseDescr(name, dict.get('descr'))
  const bytesPerElement = arrayForDType(dtype).BYTES_PER_ELEMENT
  const shape = parseShape(name, dict.get('shape'), bytesPerElement)
  return { dtype, littleEndian, fortranOrder, shape, dataBytes: elementsOf(shape) * bytesPerElement }
}

const dtypes: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
  '?': 'bool',
}

const kinds: Readonly<Record<string, string>> = {
  O: 'Python objects (a pickle)',
  c: 'complex numbers',
  U: 'text',
  S: 'byte strings',
  a: 'byte strings',
  V: 'raw bytes (bfloat16 of ml_dtypes is saved so)',
  M: 'dates',
  m: 'time spans',
  f: 'floating point numbers of a size this package does not know',
}

/** The element type and byte order of a header's `descr`. Throws TWINFER_NPY_INVALID for types of no use here. */
function parseDescr(name: string, descr: PythonLiteral): { dtype: DType; littleEndian: boolean } {
  if (typeof descr !== 'string') {
    throw npyError(
      name,
      'expected numbers, received a structured dtype (a table with named fields)',
      'Save one field: numpy.save(file, a["field"]).',
    )
  }
  const [, order = '', type = ''] = /^([<>=|]?)(.*)$/s.exec(descr) ?? []
  const dtype = Object.hasOwn(dtypes, type) ? dtypes[type] : undefined
  if (dtype === undefined) {
    const kind = kinds[type.charAt(0)] ?? 'an unknown dtype'
    throw npyError(
      name,
      `expected numbers (one of ${Object.keys(dtypes).slice(0, -1).join(' ')}), received dtype ${JSON.stringify(descr)}: ${kind}`,
      'Convert it before saving: numpy.save(file, a.astype(numpy.float32)).',
    )
  }
  return { dtype, littleEndian: order === '<' || (order !== '>' && isLittleEndianHost) }
}

/** NumPy 2's own limit. */
const mostAxes = 64

/** The checked shape of a header. Throws TWINFER_NPY_INVALID. */
function parseShape(name: string, shape: PythonLiteral, bytesPerElement: number): number[] {
  if (typeof shape !== 'object' || shape === null || !('tuple' in shape)) {
    throw npyError(name, `expected shape to be a tuple such as (1, 10), received ${describe(shape)}`)
  }
  if (shape.tuple.length > mostAxes) {
    throw npyError(name, `expected at most ${mostAxes} dimensions, received ${shape.tuple.length}`)
  }
  const sizes = shape.tuple.map((size) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size
    throw npyError(
      name,
      `expected dimensions to be whole numbers >= 0 below 2^53, received ${describe(size)}`,
    )
  })
  // A zero would hide an overflow of the others.
  const most = elementsOf(sizes.map((size) => Math.max(size, 1))) * bytesPerElement
  if (!Number.isSafeInteger(most)) {
    throw npyError(name, `expected fewer than 2^53 bytes, received shape (${sizes.join(', ')})`)
  }
  return sizes
}

function describe(value: PythonLiteral): string {
  if (value instanceof Map) return 'a dict'
  if (Array.isArray(value)) return 'a list'
  return value !== null && typeof value === 'object' ? 'a tuple' : String(value)
}

/** A tuple, as opposed to a list: the header's `shape` must be one. */
interface PythonTuple {
  readonly tuple: readonly PythonLiteral[]
}

type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | PythonTuple
  | readonly PythonLiteral[]
  | ReadonlyMap<string, PythonLiteral>

/** The header of a plain array nests twice, that of a structured type rarely deeper than five times. */
const deepest = 16

const constants: ReadonlyMap<string, PythonLiteral> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
])

/**
 * Reads one Python literal made of strings, whole numbers, True, False, None, tuples, lists and dicts: what
 * the header of a .npy file is made of. Anything else, and anything after it, goes to `fail`.
 */
class PythonLiteralReader {
  readonly #text: string
  readonly #fail: (expected: string, received: string) => never
  #at = 0
  #depth = 0

  constructor(text: string, fail: (expected: string, received: string) => never) {
    this.#text = text
    this.#fail = fail
  }

  read(): PythonLiteral {
    const value = this.#value()
    if (this.#peek() !== '') this.#refuse('the end of the header')
    return value
  }

  #value(): PythonLiteral {
    const next = this.#peek()
    if (next === '{') return this.#nested(() => this.#dict())
    if (next === '[') return this.#nested(() => this.#items(']').values)
    if (next === '(') return this.#nested(() => this.#parenthesised())
    if (next === "'" || next === '"') return this.#string()
    return this.#word()
  }

  #nested(read: () => PythonLiteral): PythonLiteral {
    if (++this.#depth > deepest) this.#refuse(`at most ${deepest} levels of nesting`)
    this.#at++
    const value = read()
    this.#depth--
    return value
  }

  /** `(3)` is a number in Python, `(3,)` a tuple of one. */
  #parenthesised(): PythonLiteral {
    const { values, comma } = this.#items(')')
    return values.length === 1 && !comma ? values[0]! : { tuple: values }
  }

  #items(end: string): { values: PythonLiteral[]; comma: boolean } {
    const values: PythonLiteral[] = []
    let comma = false
    while (!this.#take(end)) {
      if (values.length > 0 && !comma) this.#refuse(`',' or '${end}'`)
      values.push(this.#value())
      comma = this.#take(',')
    }
    return { values, comma }
  }

  #dict(): PythonLiteral {
    const entries = new Map<string, PythonLiteral>()
    let comma = true
    while (!this.#take('}')) {
      if (!comma) this.#refuse("',' or '}'")
      const key =
        this.#peek() === "'" || this.#peek() === '"' ? this.#string() : this.#refuse('a key in quotes')
      if (entries.has(key)) this.#fail('every key once', `'${key}' twice`)
      if (!this.#take(':')) this.#refuse("':'")
      entries.set(key, this.#value())
      comma = this.#take(',')
    }
    return entries
  }

  #string(): string {
    const quote = this.#text[this.#at]!
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end < 0) this.#refuse(`a closing ${quote}`)
    const value = this.#text.slice(this.#at + 1, end)
    // NumPy escapes nothing it writes for plain types; guessing at escapes could misread a field's name.
    if (value.includes('\\') || value.includes('\n')) this.#refuse('a string without escapes')
    this.#at = end + 1
    return value
  }

  #word(): PythonLiteral {
    const word = /[-\w]*/y
    word.lastIndex = this.#at
    const text = word.exec(this.#text)![0]
    const constant = constants.get(text)
    // Python 2 wrote long integers with an L.
    const value =
      constant !== undefined ? constant : /^-?\d+L?$/.test(text) ? Number.parseInt(text, 10) : undefined
    if (value === undefined) return this.#refuse('a value')
    this.#at += text.length
    return value
  }

  #take(character: string): boolean {
    const found = this.#peek() === character
    if (found) this.#at++
    return found
  }

  #peek(): string {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#text[this.#at] ?? ''
  }

  #refuse(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 30)
    return this.#fail(`${expected} at character ${this.#at}`, rest === '' ? 'its end' : JSON.stringify(rest))
  }
}

/** Whether typed arrays on this machine are little-endian; they are on all but s390x. */
export const isLittleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
