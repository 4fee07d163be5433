import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { modelFiles } from '../model/modelFiles.js'
import type { OpenOptions } from '../model/OpenOptions.js'
import type { IsolatingTracer } from './LayerTracer.js'

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
