import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { progress } from '../../format/progress.js'
import type { LayerTracer, TraceInputs } from '../../trace/LayerTracer.js'
import { BlobGraph, inputKeysOf, shapeKey } from './BlobGraph.js'

/** One tensor of the reference. */
export interface RecordedTensor {
  /** Position in topological order. */
  readonly index: number
  /** Where the store has its values. */
  readonly stored: number
  readonly blob: string
  readonly shape: readonly number[]
  readonly sample: Float32Array
}

/** A run of the reference: all of its tensors, in topological order. */
export class RecordedReference {
  readonly tensors: readonly RecordedTensor[]
  readonly graph: BlobGraph
  readonly #byShape = new Map<string, RecordedTensor[]>()
  readonly #byBlob: ReadonlyMap<string, RecordedTensor>
  readonly #store: TensorStore

  private constructor(tensors: readonly RecordedTensor[], graph: BlobGraph, store: TensorStore) {
    this.tensors = tensors
    this.graph = graph
    this.#store = store
    this.#byBlob = new Map(tensors.map((tensor) => [tensor.blob, tensor]))
    for (const tensor of tensors) {
      const key = shapeKey(tensor.shape)
      this.#byShape.set(key, [...(this.#byShape.get(key) ?? []), tensor])
    }
  }

  static async record(tracer: LayerTracer, inputs: TraceInputs): Promise<RecordedReference> {
    const store = new TensorStore()
    // A tracer may show blobs that lie side by side in another order than that of the graph.
    const order = new Map(tracer.steps.flatMap(({ outputs }) => outputs).map((blob, i) => [blob, i]))
    const tensors: RecordedTensor[] = []
    try {
      await tracer.trace(inputs, ({ blob, shape }, { data }) => {
        progress('running the reference layer by layer', { done: tensors.length + 1, total: order.size })
        const values = data as Float32Array
        tensors.push({
          index: order.get(blob)!,
          stored: store.add(values),
          blob,
          shape,
          sample: sampleOf(values),
        })
      })
    } catch (error) {
      store.dispose()
      throw error
    }
    const visible = new Set(tensors.map(({ blob }) => blob))
    return new RecordedReference(
      tensors,
      new BlobGraph(tracer.steps, inputKeysOf(tracer.inputs), visible),
      store,
    )
  }

  withShape(shape: readonly number[]): readonly RecordedTensor[] {
    return this.#byShape.get(shapeKey(shape)) ?? []
  }

  named(blob: string): RecordedTensor | undefined {
    return this.#byBlob.get(blob)
  }

  values({ stored }: RecordedTensor): Float32Array {
    return this.#store.get(stored)
  }

  dispose(): void {
    this.#store.dispose()
  }
}

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

const most = 512
const goldenRatio = 0.6180339887498949

/**
 * Up to 512 values of a tensor, the same positions for every tensor of its size. Multiples of the golden ratio
 * spread evenly and hit no row or channel more often than another, as a fixed step would.
 */
export function sampleOf(data: Float32Array): Float32Array {
  if (data.length <= most) return data.slice()
  const sample = new Float32Array(most)
  for (let k = 0; k < most; k++) sample[k] = data[Math.floor(((k * goldenRatio) % 1) * data.length)]!
  return sample
}
