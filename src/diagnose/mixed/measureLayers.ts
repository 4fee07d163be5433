import { TensorStore } from '../../compare/layers/RecordedReference.js'
import { quickError } from '../../compare/measure/measure.js'
import { progress } from '../../format/progress.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { NcnnStep, NcnnTracer } from '../../trace/NcnnTracer.js'
import type { Store } from './store.js'

/** What a layer loses in low precision by itself, and what the outputs lose by that. */
export interface MeasuredLayer {
  /** Its place in the .param. */
  readonly layer: number
  readonly name: string
  readonly type: string
  /** SQNR of its result in low precision on the inputs that it has in fp32, in dB; null where that is not finite. */
  readonly ownDb: number | null
  /**
   * How much the network behind it amplifies an error relative to the signal, in dB: its own SQNR less that of the
   * outputs. Of a result that is not finite it is measured with an error of 40 dB in its place. Null where the outputs
   * are not finite even then.
   */
  readonly gainDb: number | null
  /** The least SQNR of the outputs where only this layer runs in low precision, in dB; null where that is not finite. */
  readonly outputDb: number | null
}

/**
 * Measures every layer that low precision changes at all, in the order of the network: its own error with fp32 tensors
 * as its inputs, and the outputs of the fp32 network with its result put in place. Two traces and one run for each such
 * layer.
 *
 * @param high the network in fp32.
 * @param low the same in low precision.
 * @param store how blobs are kept in between where `low` does not do that itself.
 * @throws TwinferError what `trace`, `isolate` and `inject` throw.
 */
export async function measureLayers(
  high: NcnnTracer,
  low: NcnnTracer,
  inputs: NamedTensors,
  store: Store,
): Promise<readonly MeasuredLayer[]> {
  const exact = new BlobStore()
  const lossy = new BlobStore()
  try {
    const total = high.steps.length
    await high.trace(inputs, ({ blob }, tensor) => exact.add(blob, tensor))
    let done = 0
    await low.isolate(
      inputs,
      (blob) => {
        const fed = exact.get(blob)
        return fed && store(fed)
      },
      ({ blob }, tensor) => {
        progress('measuring each layer in low precision', { done: Math.min(++done, total), total })
        lossy.add(blob, store(tensor))
      },
    )
    const measured: MeasuredLayer[] = []
    const outputs = outputsOf(high.steps).filter((blob) => exact.get(blob) !== undefined)
    for (const [at, step] of high.steps.entries()) {
      progress('measuring what each layer costs the outputs', { done: at + 1, total })
      const ownDb = leastDb(step.outputs.map((blob) => errorDb(exact.get(blob), lossy.get(blob))))
      if (ownDb === Number.POSITIVE_INFINITY) continue
      const withLossy = (blob: string) => lossy.get(blob)
      const outputDb = await outputsWith(high, inputs, step, outputs, exact, withLossy)
      const { layer, name, type } = step
      const from = ownDb ?? probeDb
      const to =
        ownDb === null
          ? await outputsWith(high, inputs, step, outputs, exact, (blob) => disturbed(exact.get(blob)))
          : outputDb
      measured.push({ layer, name, type, ownDb, gainDb: to === null ? null : finite(from - to), outputDb })
    }
    return measured
  } finally {
    exact.dispose()
    lossy.dispose()
  }
}

/** The one that costs the outputs most comes first; of those that break them, the first of the network. */
export function byCost(a: MeasuredLayer, b: MeasuredLayer): number {
  return (a.outputDb ?? -Infinity) - (b.outputDb ?? -Infinity) || a.layer - b.layer
}

/** Of several inputs, the worst of each layer. */
export function worstOf(runs: readonly (readonly MeasuredLayer[])[]): readonly MeasuredLayer[] {
  const worst = new Map<number, MeasuredLayer>()
  for (const measured of runs.flat()) {
    const known = worst.get(measured.layer)
    if (!known || byCost(measured, known) < 0) worst.set(measured.layer, measured)
  }
  return [...worst.values()].sort((a, b) => a.layer - b.layer)
}

async function outputsWith(
  high: NcnnTracer,
  inputs: NamedTensors,
  step: NcnnStep,
  outputs: readonly string[],
  exact: BlobStore,
  resultOf: (blob: string) => Tensor | undefined,
): Promise<number | null> {
  const given = new Map(
    step.outputs.flatMap((blob) => {
      const tensor = resultOf(blob)
      return tensor ? [[blob, tensor] as const] : []
    }),
  )
  const results = await high.inject(inputs, given, outputs)
  return leastDb(outputs.map((blob, i) => quickError(values(exact.get(blob)!), results[i]!).sqnrDb))
}

/** Blobs that nothing reads. */
function outputsOf(steps: readonly NcnnStep[]): readonly string[] {
  const read = new Set(steps.flatMap(({ inputs }) => inputs))
  return steps.flatMap((step) => step.outputs).filter((blob) => !read.has(blob))
}

/** What is lost by nothing that can be seen: both are the same. */
function errorDb(reference: Tensor | undefined, candidate: Tensor | undefined): number | null {
  if (!reference || !candidate || reference.length !== candidate.length) return Number.POSITIVE_INFINITY
  const [a, b] = [values(reference), values(candidate)]
  return a.every((value, i) => Object.is(value, b[i]) || value === b[i])
    ? Number.POSITIVE_INFINITY
    : quickError(a, b).sqnrDb
}

/** Null where one of them is not finite. */
function leastDb(all: readonly (number | null)[]): number | null {
  return all.some((db) => db === null) ? null : Math.min(Number.POSITIVE_INFINITY, ...(all as number[]))
}

/** Nothing reaches the outputs: no number tells how little. */
function finite(db: number): number | null {
  return Number.isFinite(db) ? db : null
}

const probeDb = 40

/** Every value off by a hundredth of itself, the signs as a hash scatters them: 40 dB. */
function disturbed(tensor: Tensor | undefined): Tensor | undefined {
  if (!tensor) return undefined
  const share = 10 ** (-probeDb / 20)
  const scattered = values(tensor).map(
    (value, i) => value * (1 + (Math.imul(i + 1, 0x9e3779b1) & 0x10000 ? share : -share)),
  )
  return new Tensor(scattered, tensor.shape)
}

function values(tensor: Tensor): Float32Array {
  return tensor.data as Float32Array
}

/** The tensors of one run by blob, on disk where they are many. */
class BlobStore {
  readonly #store = new TensorStore()
  readonly #places = new Map<string, { readonly at: number; readonly shape: readonly number[] }>()

  add(blob: string, tensor: Tensor): void {
    this.#places.set(blob, { at: this.#store.add(values(tensor)), shape: tensor.shape })
  }

  get(blob: string): Tensor | undefined {
    const place = this.#places.get(blob)
    return place && new Tensor(this.#store.get(place.at), place.shape)
  }

  dispose(): void {
    this.#store.dispose()
  }
}
