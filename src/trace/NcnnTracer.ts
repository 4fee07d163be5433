import { setImmediate as turn } from 'node:timers/promises'
import { answeringMethods, passingOn } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { modelFiles } from '../model/modelFiles.js'
import type { OpenOptions } from '../model/OpenOptions.js'
import { runnerOptions } from '../model/runnerOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { type NativeMat, type NativeNet, type NativeView, native } from '../native.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { IsolatingTracer, TraceInputs, TraceStep, VisitLayer } from './LayerTracer.js'
import { type NcnnStep, ncnnSteps } from './ncnnSteps.js'
import { orderInputs } from './orderInputs.js'
import { showBlob } from './showBlob.js'

/** Traces an ncnn network: blobs are extracted in order, and light mode gives each back once it was consumed. */
export class NcnnTracer implements IsolatingTracer {
  readonly engine = 'ncnn'
  readonly inputs: readonly TensorInfo[]
  readonly #steps: readonly NcnnStep[]
  readonly #net: NativeNet

  private constructor(net: NativeNet) {
    this.#net = net
    this.inputs = net.inputs
    this.#steps = ncnnSteps(net.layers)
  }

  /** Takes what `open()` takes, and throws what it throws. */
  static async open(model: string | URL, options: OpenOptions = {}): Promise<NcnnTracer> {
    const requested = runnerOptions(options)
    const files = await modelFiles(model, { ...options, engine: 'ncnn' })
    const net = new (native().ncnn.Net)()
    net.configure(requested)
    net.loadParam(files.model)
    net.loadModel(files.weights!)
    return new NcnnTracer(net)
  }

  get steps(): readonly TraceStep[] {
    return this.#steps
  }

  async trace(inputs: TraceInputs, visit: VisitLayer): Promise<void> {
    const bound = this.#bind(inputs)
    const mats = bound.map(([, { data, shape }]) => native().ncnn.Mat.from(data as Float32Array, shape))
    const timeOf = this.#timer(mats)
    const extractor = this.#net.createExtractor()
    try {
      extractor.setLightMode(true)
      for (const [i, [blob]] of bound.entries()) extractor.input(blob, mats[i]!)
      let index = 0
      for (const { name, type, outputs, layer } of this.#steps) {
        for (const [top, blob] of outputs.entries()) {
          const read = extractor.read(blob)
          showBlob(visit, { index: index++, name, type, blob }, read, () => timeOf(layer, top))
        }
        await turn()
      }
    } finally {
      extractor.clear() // at once: the garbage collector does not know how much it holds
    }
  }

  async isolate(
    inputs: TraceInputs,
    feed: (blob: string) => Tensor | undefined,
    visit: VisitLayer,
  ): Promise<void> {
    const computed = new Map<string, NativeView>(this.#bind(inputs))
    const feedOf = passingOn(feed)
    const uses = countUses(this.#steps)
    let index = 0
    for (const { name, type, inputs: bottoms, outputs, layer } of this.#steps) {
      const given = bottoms.map((blob) => requireShape(blob, feedOf(blob), computed.get(blob)!))
      const tops = this.#net.runLayer(layer, given)
      for (const blob of bottoms) {
        uses.set(blob, uses.get(blob)! - 1)
        if (uses.get(blob) === 0) computed.delete(blob)
      }
      for (const [i, blob] of outputs.entries()) {
        if (uses.has(blob)) computed.set(blob, tops[i]!)
        showBlob(visit, { index: index++, name, type, blob }, tops[i]!)
      }
      await turn()
    }
  }

  async dispose(): Promise<void> {
    this.#net.clear()
  }

  /** The time of a layer's blob; all of them are measured at the first call. */
  #timer(mats: readonly NativeMat[]): (layer: number, top: number) => number | null {
    let times: readonly number[] | undefined
    return (layer, top) => {
      times ??= this.#net.timeLayers(mats)
      return times.length === 0 ? null : top === 0 ? times[layer]! : 0
    }
  }

  /** The inputs in ncnn's dimensions. */
  #bind(inputs: TraceInputs): readonly (readonly [blob: string, input: NativeView])[] {
    const ordered = orderInputs(this.inputs, inputs)
    const dimensions = this.#net.inputDimensions(ordered)
    return this.inputs.map(({ name }, i) => [name, { data: ordered[i]!.data, shape: dimensions[i]! }])
  }
}

answeringMethods(NcnnTracer)

/** How many layers' bottoms each blob is. */
function countUses(steps: readonly TraceStep[]): Map<string, number> {
  const uses = new Map<string, number>()
  for (const blob of steps.flatMap(({ inputs }) => inputs)) uses.set(blob, (uses.get(blob) ?? 0) + 1)
  return uses
}

/** ncnn's layers do not check the dimensions that they get. */
function requireShape(blob: string, fed: Tensor | undefined, own: NativeView): NativeView {
  if (fed === undefined) return own
  if (fed.shape.join() === own.shape.join()) return fed
  throw new TwinferError(
    'TWINFER_SHAPE_MISMATCH',
    `blob '${blob}': expected shape [${own.shape.join(', ')}], received [${fed.shape.join(', ')}]`,
  )
}
