import type { RunInputs } from '../model/RunOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { TracedLayer } from './TracedLayer.js'

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
