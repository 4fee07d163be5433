import type { PythonLiteral } from './PythonLiteral.js'

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
export class PythonLiteralReader {
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
