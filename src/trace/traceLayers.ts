import { answering, passingOn } from '../errors/answering.js'
import { requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { convertedFile } from '../model/engineFiles.js'
import type { OpenOptions } from '../model/options.js'
import { openOptionNames } from '../model/runnerOptions.js'
import { type OnnxOptions, requireOnnxOptions } from '../onnx/OnnxRuntime.js'
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
    model: ModelSource,
    inputs: TraceInputs,
    options: TraceOptions = {},
  ): Promise<readonly TracedLayer[]> {
    requireOptions(options, { visit: true, ...openOptionNames })
    const { visit, ...settings } = options
    const tracer = await openTracer(model, settings)
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
  async function openTracer(model: ModelSource, options: OpenOptions = {}): Promise<IsolatingTracer> {
    const file = await convertedFile(model, options)
    if (options.device === 'auto') return openOnAny(file, options)
    if (file.engine === 'ncnn') {
      const { NcnnTracer } = await import('./NcnnTracer.js')
      return NcnnTracer.open(file, options)
    }
    const { MnnTracer } = await import('./MnnTracer.js')
    return MnnTracer.open(file, options)
  },
)

/** As `open()` does: only a device that is not there falls back. */
async function openOnAny(model: ModelFile, options: OpenOptions): Promise<IsolatingTracer> {
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
  async function openReference(model: ModelSource, options: OnnxOptions = {}): Promise<LayerTracer> {
    requireOnnxOptions(options)
    const file = await ModelFile.from(model)
    if (file.engine !== 'onnx') {
      const { threads } = options
      return openTracer(file, { precision: 'fp32', ...(threads !== undefined && { threads }) })
    }
    const { OnnxTracer } = await import('./OnnxTracer.js')
    return OnnxTracer.open(file.requirePath(), options)
  },
)
