import { nameInputs } from '../model/nameInputs.js'
import type { RunInputs, TensorInfo } from '../model/options.js'
import type { Tensor } from '../tensor/Tensor.js'

/** What `run` takes. */
export type TraceInputs = RunInputs

/**
 * Gets one layer's blob at a time, if it is of floating point numbers: as fp32, unpacked. It has memory of its own, which lasts as long as it is kept;
 * it may not be written into.
 */
export type VisitLayer = (layer: TracedLayer, tensor: Tensor) => void

/** A layer of the graph as the engine sees it, before anything runs. */
export interface TraceStep {
  readonly name: string
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** A model whose every blob can be looked at: `NcnnTracer`, `MnnTracer`, `OnnxTracer`. */
export interface LayerTracer {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  /** What `trace` must be given. */
  readonly inputs: readonly TensorInfo[]
  /** In topological order, without the layers that compute nothing (Input, Split, constants). */
  readonly steps: readonly TraceStep[]
  /** Runs as it would run anyway, and shows every blob. Memory is bounded: blobs are streamed, if need be by several runs. */
  trace(inputs: TraceInputs, visit: VisitLayer): Promise<void>
  dispose(): Promise<void>
}

/** A tracer that can also measure a layer's own error. */
export interface IsolatingTracer extends LayerTracer {
  /**
   * Runs every layer with `feed(blob)` in place of what the layers above it computed; undefined keeps the
   * blob as it is. What `visit` sees is therefore each layer's own work on the reference's inputs.
   */
  isolate(inputs: TraceInputs, feed: (blob: string) => Tensor | undefined, visit: VisitLayer): Promise<void>
}

/** One blob (tensor) that a layer computed in a traced run, in the order of execution. */
export interface TracedLayer {
  /** Position in the trace, from 0. */
  readonly index: number
  /** The layer's (operator's) name and type, in the engine's words. */
  readonly name: string
  readonly type: string
  /** The blob's own name; matching never rests on it, because converters rename. */
  readonly blob: string
  readonly shape: readonly number[]
  /**
   * Milliseconds of the layer inside a run of the whole model that shows nothing, so that the layers add up to such
   * a run: measured in runs of their own when first asked for. A layer with several blobs has them at the first,
   * what MNN does between two shown layers counts for the second. null where layers cannot be told apart: on a
   * GPU, in onnxruntime and in a recording.
   */
  readonly ms: number | null
  /** Computed when first asked for, which keeps the blob in memory until then: ask during the visit. */
  readonly statistics: BlobStatistics
}

/** Over the finite values; null where there are none. */
export interface BlobStatistics {
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
  /** Largest magnitude: what decides whether the blob can be stored in fp16. */
  readonly maxAbs: number
  readonly nan: number
  readonly inf: number
  /** `overflow`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values overflows. */
  readonly fp16: 'fits' | 'risk' | 'overflow'
}

/** The inputs in the model's order. Throws what `nameInputs` throws. */
export function orderInputs(infos: readonly TensorInfo[], inputs: RunInputs): readonly Tensor[] {
  const named = nameInputs(infos, inputs)
  return infos.map(({ name }) => named[name]!)
}
