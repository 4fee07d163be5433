import { compareLayers } from '../compare/layers/compareLayers.js'
import type { LayersComparison } from '../compare/layers/LayerComparison.js'
import type { TensorInfo } from '../model/options.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type {
  IsolatingTracer,
  LayerTracer,
  TraceInputs,
  TraceStep,
  VisitLayer,
} from '../trace/LayerTracer.js'
import type { JudgedRun } from './judgeRun.js'
import type { Pack } from './Pack.js'
import type { PackSession } from './PackSession.js'

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
export function isIsolating(tracer: LayerTracer): tracer is IsolatingTracer {
  return 'isolate' in tracer
}

/** Shows the layers that a pack holds as if its model ran: what `compareLayers` takes as the reference. */
export class PackTracer implements LayerTracer {
  readonly engine: LayerTracer['engine']
  readonly inputs: readonly TensorInfo[]
  readonly steps: readonly TraceStep[]
  readonly #pack: Pack

  constructor(pack: Pack) {
    const { recorded, inputs, steps } = pack.manifest
    this.engine = recorded.model.engine
    this.inputs = inputs
    this.steps = steps
    this.#pack = pack
  }

  async trace(_inputs: TraceInputs, visit: VisitLayer): Promise<void> {
    let index = 0
    for (const { member, shape, ...layer } of this.#pack.manifest.layers) {
      if (member === null) continue
      const tensor = await this.#pack.read({ member, shape, dtype: 'float32', layout: 'NCHW' })
      visit({ ...layer, shape, index: index++, ms: null }, tensor)
    }
  }

  async dispose(): Promise<void> {}
}
