import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Place = Float32Array | { readonly offset: number; readonly bytes: number }

/** Keeps tensors by number: in memory up to a budget, the rest in a temporary file that nobody else sees. */
export class TensorStore {
  readonly #mostBytes: number
  readonly #places: Place[] = []
  #held = 0
  #file: number | undefined
  #end = 0

  constructor(mostBytes = 192 * 2 ** 20) {
    this.#mostBytes = mostBytes
  }

  /** The values must not change afterwards. Numbers count from 0. */
  add(values: Float32Array): number {
    const bytes = values.byteLength
    if (this.#held + bytes <= this.#mostBytes) {
      this.#held += bytes
      return this.#places.push(values) - 1
    }
    this.#file ??= openUnnamed()
    writeAll(this.#file, values, this.#end)
    this.#end += bytes
    return this.#places.push({ offset: this.#end - bytes, bytes }) - 1
  }

  /** Not to be written into. */
  get(index: number): Float32Array {
    const place = this.#places[index]!
    if (place instanceof Float32Array) return place
    const values = new Float32Array(place.bytes / Float32Array.BYTES_PER_ELEMENT)
    readAll(this.#file!, values, place.offset)
    return values
  }

  dispose(): void {
    this.#places.length = 0
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

/** Its name is gone at once, so that it takes no space once the process has ended, however that ends. */
function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'twinfer-'))
  const file = openSync(join(folder, 'tensors'), 'wx+')
  rmSync(folder, { recursive: true })
  return file
}

function writeAll(file: number, values: Float32Array, offset: number): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done)
  }
}

function readAll(file: number, values: Float32Array, offset: number): void {
  const bytes = new Uint8Array(values.buffer)
  for (let done = 0; done < bytes.length; ) {
    done += readSync(file, bytes, done, bytes.length - done, offset + done)
  }
}
