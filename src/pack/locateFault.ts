import { compareLayers } from '../compare/layers/compareLayers.js'
import type { LayersComparison } from '../compare/layers/LayerComparison.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { IsolatingTracer, LayerTracer } from '../trace/LayerTracer.js'
import type { JudgedRun } from './judgeRun.js'
import type { Pack } from './Pack.js'
import type { PackSession } from './PackSession.js'
import { PackTracer } from './PackTracer.js'

/** Compares layer by layer with the recorded ones; undefined where none are stored, or the model shows none. */
export async function locateFault(
  pack: Pack,
  session: PackSession,
  recorded: NamedTensors,
  feeds: NamedTensors,
  { judgedAs }: JudgedRun,
): Promise<LayersComparison | undefined> {
  if (pack.manifest.layers.every(({ member }) => member === null)) return undefined
  const tracer = await session.openTracer()
  try {
    if (!isIsolating(tracer)) return undefined
    const { precision = 'fp32' } = judgedAs ?? {}
    const options = { candidateInputs: feeds, precision }
    return await compareLayers(new PackTracer(pack), tracer, recorded, options)
  } finally {
    await tracer.dispose()
  }
}

/** onnxruntime's is not: an .onnx that differs from its pack has no layers to run alone. */
function isIsolating(tracer: LayerTracer): tracer is IsolatingTracer {
  return 'isolate' in tracer
}
