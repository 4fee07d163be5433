import type { LayerTracer, TraceInputs } from '../../trace/LayerTracer.js'
import { BlobGraph, inputKeysOf } from './BlobGraph.js'
import { sampleOf } from './sampleOf.js'
import { shapeKey } from './shapeKey.js'
import { TensorStore } from './TensorStore.js'

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
