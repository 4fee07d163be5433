import { setImmediate as turn } from 'node:timers/promises'
import { answeringMethods, passingOn } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { ModelSource } from '../file/ModelFile.js'
import { engineFiles } from '../model/engineFiles.js'
import type { OpenOptions, TensorInfo } from '../model/options.js'
import { runnerOptions } from '../model/runnerOptions.js'
import type { NativeHostTensor } from '../native/NativeMnn.js'
import type { NativeLayer, NativeMat, NativeNet, NativeView } from '../native/NativeNcnn.js'
import { native } from '../native/native.js'
import { withReceived } from '../native/receivedOption.js'
import { Tensor } from '../tensor/Tensor.js'
import {
  type IsolatingTracer,
  orderInputs,
  type TraceInputs,
  type TraceStep,
  type VisitLayer,
} from './LayerTracer.js'
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
  static async open(model: ModelSource, options: OpenOptions = {}): Promise<NcnnTracer> {
    const requested = runnerOptions(options)
    const files = await engineFiles(model, { ...options, engine: 'ncnn' })
    const net = new (native().ncnn.Net)()
    try {
      net.configure(requested)
    } catch (error) {
      throw withReceived(error, requested.engineOptions)
    }
    net.loadParam(files.model)
    net.loadModel(files.weights!)
    return new NcnnTracer(net)
  }

  get steps(): readonly NcnnStep[] {
    return this.#steps
  }

  async trace(inputs: TraceInputs, visit: VisitLayer): Promise<void> {
    const items = this.#bind(inputs).map((bound) =>
      bound.map(
        ([blob, { data, shape }]) => [blob, native().ncnn.Mat.from(data as Float32Array, shape)] as const,
      ),
    )
    const timers = items.map((bound) => this.#timer(bound.map(([, mat]) => mat)))
    const extractors = items.map(() => this.#net.createExtractor())
    try {
      for (const [i, extractor] of extractors.entries()) {
        extractor.setLightMode(true)
        for (const [blob, mat] of items[i]!) extractor.input(blob, mat)
      }
      let index = 0
      for (const { name, type, outputs, layer } of this.#steps) {
        for (const [top, blob] of outputs.entries()) {
          const read = extractors.map((extractor) => extractor.read(blob))
          const time = () => sumOf(timers.map((timeOf) => timeOf(layer, top)))
          showBlob(visit, { index: index++, name, type, blob }, stackItems(blob, read), time)
        }
        await turn()
      }
    } finally {
      for (const extractor of extractors) extractor.clear() // the garbage collector does not know their size
    }
  }

  async isolate(
    inputs: TraceInputs,
    feed: (blob: string, reader: NcnnStep) => Tensor | undefined,
    visit: VisitLayer,
  ): Promise<void> {
    const items = this.#bind(inputs).map((bound) => new Map<string, NativeView>(bound))
    const feedOf = passingOn(feed)
    const uses = countUses(this.#steps)
    let index = 0
    for (const step of this.#steps) {
      const { name, type, inputs: bottoms, outputs, layer } = step
      const fed = bottoms.map((blob) => feedOf(blob, step))
      const tops = items.map((computed, item) => {
        const own = bottoms.map((blob) => computed.get(blob)!)
        const given = bottoms.map((blob, i) =>
          requireShape(blob, itemOf(fed[i], item, items.length), own[i]!),
        )
        return this.#net.runLayer(layer, given)
      })
      for (const blob of bottoms) uses.set(blob, uses.get(blob)! - 1)
      for (const [item, computed] of items.entries()) {
        for (const blob of bottoms) if (uses.get(blob) === 0) computed.delete(blob)
        for (const [i, blob] of outputs.entries()) if (uses.has(blob)) computed.set(blob, tops[item]![i]!)
      }
      for (const [i, blob] of outputs.entries()) {
        const made = stackItems(
          blob,
          tops.map((ofItem) => ofItem[i]!),
        )
        showBlob(visit, { index: index++, name, type, blob }, made)
      }
      await turn()
    }
  }

  /**
   * What a run makes of some of its blobs where others are given: the layers that compute those do not run. Blobs and
   * their values as `trace` shows them; the results are fp32, with one axis more for a batch.
   *
   * @throws TwinferError what `trace` throws.
   */
  async inject(
    inputs: TraceInputs,
    given: ReadonlyMap<string, Tensor>,
    wanted: readonly string[],
  ): Promise<readonly Float32Array[]> {
    const bound = this.#bind(inputs)
    const read = bound.map((ofItem, item) => {
      const extractor = this.#net.createExtractor()
      try {
        for (const [blob, { data, shape }] of ofItem)
          extractor.input(blob, native().ncnn.Mat.from(data as Float32Array, shape))
        for (const [blob, tensor] of given) {
          const { data, shape } = itemOf(tensor, item, bound.length)!
          extractor.input(blob, native().ncnn.Mat.from(data as Float32Array, shape))
        }
        return wanted.map((blob) => extractor.read(blob))
      } finally {
        extractor.clear()
      }
    })
    await turn()
    return wanted.map(
      (blob, i) =>
        stackItems(
          blob,
          read.map((ofItem) => ofItem[i]!),
        ).data as Float32Array,
    )
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

  /** The inputs in ncnn's dimensions, for each item of a batch. */
  #bind(inputs: TraceInputs): readonly (readonly (readonly [blob: string, input: NativeView])[])[] {
    const ordered = orderInputs(this.inputs, inputs)
    const { items, dimensions, batched } = this.#net.readInputs(ordered)
    return Array.from({ length: items }, (_, item) =>
      this.inputs.map(({ name }, i) => {
        const { data } = ordered[i]!
        const size = data.length / (batched[i] ? items : 1)
        const start = batched[i] ? item * size : 0
        return [name, { data: data.subarray(start, start + size), shape: dimensions[i]! }]
      }),
    )
  }
}

answeringMethods(NcnnTracer)

/** Null where one of them is not known. */
function sumOf(times: readonly (number | null)[]): number | null {
  let sum = 0
  for (const time of times) {
    if (time === null) return null
    sum += time
  }
  return sum
}

/** The items' results as one, with the items as the outermost axis. */
function stackItems(blob: string, items: readonly NativeHostTensor[]): NativeHostTensor {
  const [first] = items
  if (items.length === 1) return first!
  const { length } = first!.data
  const data = new (first!.dtype === 'int32' ? Int32Array : Float32Array)(length * items.length)
  for (const [i, item] of items.entries()) {
    if (item.shape.join() !== first!.shape.join()) {
      throw new TwinferError(
        'TWINFER_SHAPE_MISMATCH',
        `blob '${blob}': expected one shape from every item of the batch, received [${first!.shape}] and [${item.shape}]`,
      )
    }
    data.set(item.data as typeof data, i * length)
  }
  return { ...first!, data, shape: [items.length, ...first!.shape] }
}

/** The part of a batch that is one item's, as `stackItems` put it there. */
function itemOf(batch: Tensor | undefined, item: number, items: number): Tensor | undefined {
  if (batch === undefined || items === 1) return batch
  const size = batch.length / items
  return new Tensor(batch.data.subarray(item * size, (item + 1) * size), batch.shape.slice(1))
}

/** How many layers' bottoms each blob is. */
export function countUses(steps: readonly TraceStep[]): Map<string, number> {
  const uses = new Map<string, number>()
  for (const blob of steps.flatMap(({ inputs }) => inputs)) uses.set(blob, (uses.get(blob) ?? 0) + 1)
  return uses
}

/** ncnn's layers check neither the dimensions that they get nor whether indices are integers. */
function requireShape(blob: string, fed: Tensor | undefined, own: NativeView): NativeView {
  if (fed === undefined) return own
  if (fed.shape.join() === own.shape.join()) {
    return own.data instanceof Int32Array
      ? { data: Int32Array.from(fed.data, Number), shape: fed.shape }
      : fed
  }
  throw new TwinferError(
    'TWINFER_SHAPE_MISMATCH',
    `blob '${blob}': expected shape [${own.shape.join(', ')}], received [${fed.shape.join(', ')}]`,
  )
}

export interface NcnnStep extends TraceStep {
  /** Its place in the .param. */
  readonly layer: number
}

/** The layers without Input and Split: a Split's blobs are its bottom under other names, and are called so. */
export function ncnnSteps(layers: readonly NativeLayer[]): readonly NcnnStep[] {
  const sources = new Map<string, string>()
  const source = (blob: string) => sources.get(blob) ?? blob
  const steps: NcnnStep[] = []
  for (const [layer, { name, type, bottoms, tops }] of layers.entries()) {
    const inputs = bottoms.map(source)
    if (type === 'Split') for (const top of tops) sources.set(top, inputs[0]!)
    else if (type !== 'Input') steps.push({ layer, name, type, inputs, outputs: tops })
  }
  return steps
}
