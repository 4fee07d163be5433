import { answering, passingOn } from '../errors/answering.js'
import type { OpenOptions } from '../model/OpenOptions.js'
import type { TraceInputs, VisitLayer } from './LayerTracer.js'
import { openTracer } from './openTracer.js'
import type { TracedLayer } from './TracedLayer.js'

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
