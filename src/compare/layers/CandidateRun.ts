import { progress } from '../../format/progress.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { IsolatingTracer, TracedLayer, TraceInputs } from '../../trace/LayerTracer.js'
import { findPartErrors, partAxes, wholeOf } from '../measure/findPartErrors.js'
import { measure, type QuickError, quickError } from '../measure/measure.js'
import { type PartErrors, PartReader } from '../measure/PartReader.js'
import { BlobGraph, type InputKeys } from './BlobGraph.js'
import type { BrokenLayers } from './BrokenLayers.js'
import { LayerMatcher, type Matches } from './LayerMatcher.js'
import { channelDamage, LayerPass, type PassedBlob } from './LayerPass.js'
import { type RecordedReference, type RecordedTensor, sampleOf } from './RecordedReference.js'

/** Below this an error is large enough to ask which channels it is in. */
const damagedDb = 60

/** The candidate's side: its runs, each held against the recorded reference. */
export class CandidateRun {
  readonly #tracer: IsolatingTracer
  readonly #reference: RecordedReference
  readonly #broken: BrokenLayers
  readonly #inputKeys: InputKeys
  /** As the candidate has them: the reference's tensors are fed in these. */
  readonly #shapes = new Map<string, readonly number[]>()
  #graph: BlobGraph | undefined
  #misfits: Matches = new Map()
  /** Isolated ones. */
  #runs = 0

  constructor(
    tracer: IsolatingTracer,
    reference: RecordedReference,
    broken: BrokenLayers,
    inputKeys: InputKeys,
  ) {
    this.#inputKeys = inputKeys
    this.#tracer = tracer
    this.#reference = reference
    this.#broken = broken
  }

  /** As it runs. Which blobs are visible is known only afterwards, so this comes before `isolate`. */
  async trace(
    inputs: TraceInputs,
  ): Promise<{ readonly layers: readonly TracedLayer[]; readonly pass: LayerPass }> {
    const layers: TracedLayer[] = []
    const graph = this.#graphOf(this.#tracer.steps.flatMap((step) => step.outputs))
    const matcher = new LayerMatcher(this.#reference, graph, this.#misfits)
    const blobs: PassedBlob[] = []
    await this.#tracer.trace(inputs, (layer, { data }) => {
      this.#tell('running the candidate layer by layer', layers.length)
      layers.push({ ...layer })
      this.#shapes.set(layer.blob, layer.shape)
      blobs.push(this.#look(layer, data as Float32Array, matcher))
    })
    this.#graph = this.#graphOf(layers.map(({ blob }) => blob))
    this.#misfits = findMisfits(blobs)
    const fitting = blobs.filter(({ blob }) => !this.#misfits.has(blob))
    return { layers, pass: new LayerPass(this.#graph, fitting) }
  }

  /** Every layer on the reference's tensors, as far as earlier runs or this one have found them. */
  async isolate(inputs: TraceInputs, known: Matches): Promise<LayerPass> {
    const matcher = new LayerMatcher(this.#reference, this.#graph!, this.#misfits)
    const blobs: PassedBlob[] = []
    this.#runs++
    await this.#tracer.isolate(
      inputs,
      (blob) => this.#feed(blob, matcher.matches.get(blob) ?? known.get(blob)),
      (layer, { data }) => {
        this.#tell(
          `running its layers on the reference's tensors${this.#runs > 1 ? ` (run ${this.#runs})` : ''}`,
          blobs.length,
        )
        blobs.push(this.#lookCloser(layer, data as Float32Array, matcher))
      },
    )
    return new LayerPass(this.#graph!, blobs)
  }

  /** As it runs, against tensors that are known by now. */
  async measure(inputs: TraceInputs, known: Matches): Promise<ReadonlyMap<string, QuickError>> {
    const errors = new Map<string, QuickError>()
    await this.#tracer.trace(inputs, ({ blob }, { data }) => {
      const match = known.get(blob)
      if (match) errors.set(blob, quickError(this.#reference.values(match), data as Float32Array))
    })
    return errors
  }

  #tell(doing: string, done: number): void {
    progress(doing, { done: done + 1, total: this.#shapes.size || this.#tracer.steps.length })
  }

  #graphOf(visible: readonly string[]): BlobGraph {
    return new BlobGraph(this.#tracer.steps, this.#inputKeys, new Set(visible))
  }

  #feed(blob: string, match: RecordedTensor | undefined): Tensor | undefined {
    const tensor = this.#broken.guess(blob) ?? match
    return tensor && new Tensor(this.#reference.values(tensor), this.#shapes.get(blob)!)
  }

  /** On the reference's inputs the parts of a layer tell of this layer alone. */
  #lookCloser(layer: TracedLayer, values: Float32Array, matcher: LayerMatcher): PassedBlob {
    const passed = this.#look(layer, values, matcher)
    const { match, error } = passed
    if (!match || !error) return passed
    return { ...passed, parts: layerParts(this.#reference.values(match), values, layer.shape, error) }
  }

  #look({ blob, shape }: TracedLayer, values: Float32Array, matcher: LayerMatcher): PassedBlob {
    const guess = this.#broken.guess(blob)
    if (guess) matcher.set(blob, guess)
    const match = guess ?? matcher.match(blob, shape, values)
    if (!match) return { blob, shape, match, assumed: false, sample: sampleOf(values) }
    const reference = this.#reference.values(match)
    const error = quickError(reference, values)
    const damaged = error.sqnrDb === null || error.sqnrDb < damagedDb
    const damage = damaged ? channelDamage(reference, values, shape) : undefined
    return { blob, shape, match, assumed: guess !== undefined, error, damage }
  }
}

/** A blob that is this much further from a tensor than another blob was only similar to it. */
const furtherDb = 20
const soundDb = 60

/**
 * Blobs that were taken for a tensor which is another blob's: what goes into a clamp looks much like what comes
 * out. To be asked of a run in which nothing is fed, as a layer that only moves values repeats what it is fed.
 */
export function findMisfits(blobs: readonly PassedBlob[]): Matches {
  const best = new Map<RecordedTensor, number>()
  for (const { match, error } of blobs) {
    if (match) best.set(match, Math.max(best.get(match) ?? -Infinity, errorDb(error)))
  }
  const misfits = blobs.flatMap(({ blob, match, error }) => {
    const isFurther = match && errorDb(error) < Math.min(soundDb, best.get(match)! - furtherDb)
    return isFurther ? [[blob, match] as const] : []
  })
  return new Map(misfits)
}

function errorDb(error: PassedBlob['error']): number {
  return error?.sqnrDb ?? -Infinity
}

/** Above, a part that is lost carries less than 1e-10 of the layer's power: what follows does not see it. */
const unseenDb = 100

/**
 * The parts of a layer (channels, rows) that are worse than their like. The score channel of a head may be lost while
 * the boxes beside it hold all the power, and the layer's own number is as good as any.
 */
function layerParts(
  reference: Float32Array,
  candidate: Float32Array,
  shape: readonly number[],
  { sqnrDb }: QuickError,
): PartErrors | undefined {
  const axes = partAxes(shape)
  if (sqnrDb === null || sqnrDb >= unseenDb || axes.length === 0) return undefined
  const request = { onlySums: true, explainedRms: 0, parts: axes.map((axis) => shape[axis]!) }
  const { sums, parts } = measure(new Tensor(reference, shape), new Tensor(candidate, shape), request)
  return findPartErrors(parts, axes, wholeOf(sums), new PartReader(() => [reference, candidate], shape))
}
