import { fileURLToPath } from 'node:url'
import { answering, passingOn } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { identifyModel } from '../inspect/identifyModel.js'
import { modelFiles } from '../model/modelFiles.js'
import type { OpenOptions } from '../model/options.js'
import type { OnnxOptions } from '../onnx/OnnxRuntime.js'
import type { IsolatingTracer, LayerTracer, TracedLayer, TraceInputs, VisitLayer } from './LayerTracer.js'

export interface TraceOptions extends OpenOptions {
  /** Gets every blob while the model runs: fp32, unpacked, in the engine's dimensions. */
  readonly visit?: VisitLayer
}

/**
 * Runs a model once and tells of every blob what it holds: shape, time, smallest and largest value, mean, standard
 * deviation, NaN and Infinity, and whether fp16 could hold it. Blobs are looked at one by one and not kept.
 *
 * @param inputs what `run` takes: by the model's own names, in its order, or alone.
 * @throws TwinferError what `open()` and `run()` throw, and TWINFER_MODEL_UNSUPPORTED for an MNN model with
 *   control flow.
 */
export const traceLayers = answering(
  'traceLayers',
  async function traceLayers(
    model: string | URL,
    inputs: TraceInputs,
    { visit, ...options }: TraceOptions = {},
  ): Promise<readonly TracedLayer[]> {
    const tracer = await openTracer(model, options)
    const layers: TracedLayer[] = []
    const show = visit === undefined ? undefined : passingOn(visit)
    try {
      await tracer.trace(inputs, (layer, tensor) => {
        layers.push({ ...layer }) // computes the statistics
        show?.(layer, tensor)
      })
    } finally {
      await tracer.dispose()
    }
    return layers
  },
)

/**
 * Opens a `.param` or an `.mnn` for tracing, with the options of `open()`. A layer's run blocks the thread;
 * between layers (MNN: between passes) the event loop gets its turn.
 *
 * @throws TwinferError what `open()` throws, and TWINFER_MODEL_UNSUPPORTED for an MNN model with control flow.
 */
export const openTracer = answering(
  'openTracer',
  async function openTracer(model: string | URL, options: OpenOptions = {}): Promise<IsolatingTracer> {
    if (options.device === 'auto') return openOnAny(model, options)
    const { engine } = await modelFiles(model, options)
    if (engine === 'ncnn') {
      const { NcnnTracer } = await import('./NcnnTracer.js')
      return NcnnTracer.open(model, options)
    }
    const { MnnTracer } = await import('./MnnTracer.js')
    return MnnTracer.open(model, options)
  },
)

/** As `open()` does: only a device that is not there falls back. */
async function openOnAny(model: string | URL, options: OpenOptions): Promise<IsolatingTracer> {
  try {
    return await openTracer(model, { ...options, device: 'vulkan' })
  } catch (error) {
    if (!(error instanceof TwinferError) || error.code !== 'TWINFER_DEVICE_UNAVAILABLE') throw error
    return openTracer(model, { ...options, device: 'cpu' })
  }
}

/**
 * Opens what a candidate's layers are to be compared with: an `.onnx` (runs in onnxruntime), or a `.param` or an
 * `.mnn`, which run in fp32.
 *
 * @throws TwinferError what `openTracer` throws; for an `.onnx` TWINFER_MISSING_DEPENDENCY where no onnxruntime is
 *   installed.
 */
export const openReference = answering(
  'openReference',
  async function openReference(model: string | URL, options: OnnxOptions = {}): Promise<LayerTracer> {
    const path = model instanceof URL ? fileURLToPath(model) : model
    const engine = await identifyModel(path)
    if (engine !== 'onnx') {
      const { threads } = options
      return openTracer(path, { engine, precision: 'fp32', ...(threads !== undefined && { threads }) })
    }
    const { OnnxTracer } = await import('./OnnxTracer.js')
    return OnnxTracer.open(path, options)
  },
)
