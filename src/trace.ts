// 'twinfer/trace': what every layer of a network computes, and how long it takes.
export { Tensor, type TensorOptions } from './tensor/Tensor.js'
export type {
  BlobStatistics,
  IsolatingTracer,
  LayerTracer,
  TracedLayer,
  TraceInputs,
  TraceStep,
  VisitLayer,
} from './trace/LayerTracer.js'
export { openReference, openTracer, type TraceOptions, traceLayers } from './trace/traceLayers.js'
