import { checkBlobs } from './checkBlobs.js'
import { layerTypeNames } from './layerTypes.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnParam } from './NcnnParam.js'
import type { ParamValue } from './ParamValue.js'
import { ParamError, paramError, truncatedError } from './paramError.js'

// ncnn's own limits and marks (net.cpp, paramdict.cpp).
const mostOfEither = 1_000_000
const mostKeys = 32
const longestString = 255
const endMark = -233
const arrayBase = -23300
const stringBase = -23400
/** A text .param has two lines before its first layer. */
const firstLine = 3

/**
 * Parses what can be read of a binary .param and reports what cannot. It holds no names: layers are called
 * `layer 0`, `layer 1`, …, and blobs by their index, as the engine's side of this package calls them.
 */
export function scanBinaryParam(
  bytes: Uint8Array,
  file: string,
  report: (problem: ParamError) => void,
): NcnnParam {
  const reader = new WordReader(bytes, file)
  const layers: NcnnLayer[] = []
  let [layerCount, blobCount] = [Number.NaN, Number.NaN]
  try {
    reader.word('the magic number')
    layerCount = reader.between('the number of layers', 1, mostOfEither)
    blobCount = reader.between('the number of blobs', 1, mostOfEither)
    for (let index = 0; index < layerCount; index++) layers.push(readLayer(reader, index, blobCount))
  } catch (error) {
    if (!(error instanceof ParamError)) throw error
    report(error)
  }
  const param = { layerCount, blobCount, layers, ignoredLines: [] }
  checkBlobs(param, file, report)
  return param
}

function readLayer(reader: WordReader, index: number, blobCount: number): NcnnLayer {
  const name = `layer ${index}`
  reader.enter(index, name)
  const type = reader.between('a layer type', 0, 2 ** 31 - 1)
  const inputCount = reader.between('the number of inputs', 0, mostOfEither)
  const outputCount = reader.between('the number of outputs', 0, mostOfEither)
  const blobs = (count: number) =>
    Array.from({ length: reader.possible(count) }, () => `${reader.between('a blob', 0, blobCount - 1)}`)
  const inputs = blobs(inputCount)
  const outputs = blobs(outputCount)
  const params = new Map<number, ParamValue>()
  for (let code = reader.word('a key'); code !== endMark; code = reader.word('a key'))
    params.set(...readValue(reader, code))
  return { type: layerTypeNames[type] ?? `#${type}`, name, inputs, outputs, params, line: index + firstLine }
}

function readValue(reader: WordReader, code: number): [key: number, value: ParamValue] {
  const base = code <= stringBase ? stringBase : code <= arrayBase ? arrayBase : 0
  const key = base === 0 ? code : base - code
  if (key < 0 || key >= mostKeys) reader.fail(`a key from 0 to ${mostKeys - 1}, or ${endMark}`, code)
  if (base === 0) {
    const value = reader.word('a value')
    return [key, { kind: 'word', value, float: asFloat(value) }]
  }
  if (base === arrayBase) {
    const length = reader.possible(reader.between('the length of an array', 0, 2 ** 31 - 1))
    const value = Array.from({ length }, () => reader.word('an element'))
    return [key, { kind: 'words', value, floats: value.map(asFloat) }]
  }
  return [key, { kind: 'string', value: reader.string(reader.between('a length', 0, longestString)) }]
}

function asFloat(word: number): number {
  return new Float32Array(Int32Array.of(word).buffer)[0]!
}

class WordReader {
  readonly #bytes: DataView
  readonly #file: string
  #at = 0
  #line = 2
  #where = ''

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#file = file
  }

  enter(index: number, name: string): void {
    this.#line = index + firstLine
    this.#where = ` in ${name}`
  }

  word(what: string): number {
    if (this.#at + 4 > this.#bytes.byteLength) this.#failShort(what)
    this.#at += 4
    return this.#bytes.getInt32(this.#at - 4, true)
  }

  between(what: string, least: number, most: number): number {
    const value = this.word(what)
    if (value < least || value > most) this.fail(`${what} from ${least} to ${most}`, value)
    return value
  }

  /** A count of words, where the file is long enough for them. */
  possible(count: number): number {
    if (count * 4 > this.#bytes.byteLength - this.#at) this.#failShort(`${count} words`)
    return count
  }

  /** Padded to whole words. */
  string(length: number): string {
    this.possible(Math.ceil(length / 4))
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length).toString('latin1')
    this.#at += Math.ceil(length / 4) * 4
    return text
  }

  fail(expected: string, received: number): never {
    throw paramError(
      this.#place,
      `byte ${this.#at - 4}${this.#where}: expected ${expected}, found ${received}`,
      'The file is damaged: copy or convert it again.',
    )
  }

  #failShort(what: string): never {
    throw truncatedError(
      this.#place,
      `byte ${this.#at}${this.#where}: expected ${what}, found the end of the file`,
    )
  }

  get #place() {
    return { file: this.#file, line: this.#line }
  }
}
