import type { TensorInfo } from '../model/TensorInfo.js'
import type { LayerTracer, TraceInputs, TraceStep, VisitLayer } from '../trace/LayerTracer.js'
import type { Pack } from './Pack.js'

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
