import { shapeKey } from '../../compare/layers/BlobGraph.js'
import type { LayerComparison, LayersComparison } from '../../compare/layers/LayerComparison.js'
import type { TraceStep } from '../../trace/LayerTracer.js'

/** Own or accumulated, in dB: less is no layer that is right. */
export const soundDb = 40

export interface SeenLayers {
  readonly layers: LayersComparison
  /** The candidate's, and the original's. */
  readonly steps: readonly TraceStep[]
  readonly originalSteps: readonly TraceStep[]
  /** Of all tensors of the original, as `shapeKey` writes them. */
  readonly originalShapes: ReadonlySet<string>
}

function producersIn(steps: readonly TraceStep[]): ReadonlyMap<string, TraceStep> {
  return new Map(steps.flatMap((step) => step.outputs.map((blob) => [blob, step] as const)))
}

/** A layer without a function that the original's step applies to its result. */
export interface Omitted {
  readonly layer: LayerComparison
  readonly step: TraceStep
}

/** What converters fuse into the layer in front of it. */
function isActivation(type: string): boolean {
  return /relu|clip|sigmoid|swish|silu|mish|tanh|gelu|elu/i.test(type)
}

function isMove(type: string): boolean {
  return /reshape|permute|transpose|slice|split|crop|squeeze|flatten|raster|convert|unpack|gather/i.test(type)
}

/** A fused layer stands for a few of the original's. */
const mostBetween = 16

/** What the candidate's layers are computed from, seen through those that have no counterpart. */
export class LayerGraph {
  readonly #producers: ReadonlyMap<string, TraceStep>
  readonly #consumers = new Map<string, TraceStep[]>()
  readonly #compared: ReadonlyMap<string, LayerComparison>
  readonly #originals: ReadonlyMap<string, TraceStep>

  constructor(private readonly seen: SeenLayers) {
    const { layers, steps, originalSteps } = seen
    this.#producers = producersIn(steps)
    this.#originals = producersIn(originalSteps)
    for (const step of steps)
      for (const blob of step.inputs) this.#consumers.set(blob, [...(this.#consumers.get(blob) ?? []), step])
    this.#compared = new Map(layers.layers.map((layer) => [layer.blob, layer]))
  }

  /** Names of the layer and of those above it up to the next ones that were compared. */
  behind({ blob }: LayerComparison): readonly string[] {
    const names: string[] = []
    const open = [blob]
    const seen = new Set(open)
    for (const each of open) {
      const step = this.#producers.get(each)
      if (!step) continue
      names.push(step.name)
      for (const input of step.inputs) {
        if (seen.has(input) || this.#isMatched(input)) continue
        seen.add(input)
        open.push(input)
      }
    }
    return names
  }

  /**
   * The same and the layers right above: what one with wrong weights computes is like nothing, so what it was taken for
   * may be wrong, and what reads it looks wrong then.
   */
  blamable(layer: LayerComparison): readonly string[] {
    const inputs = this.#producers.get(layer.blob)?.inputs ?? []
    return [...this.behind(layer), ...inputs.flatMap((blob) => this.#producers.get(blob)?.name ?? [])]
  }

  /**
   * The first layer without a counterpart from which nothing sound is computed: of those above the first bad one, only
   * one with a shape that the original has nowhere, as fused and added layers are without a counterpart as well.
   */
  firstLost(bad: LayerComparison | undefined): LayerComparison | undefined {
    const above = bad && new Set(this.behind(bad))
    for (const { name, outputs } of this.seen.steps)
      for (const blob of outputs) {
        const layer = this.#compared.get(blob)
        if (!layer || layer.reference !== null || this.#leadsToSound(blob)) continue
        if (!above) return layer
        if (above.has(name) && !this.seen.originalShapes.has(shapeKey(layer.shape))) return layer
      }
    return undefined
  }

  /**
   * The layer in front of a bad one that leaves out a function, or a bias, which the original applies in between: without
   * it, a layer computes what is a tensor of the original, too.
   */
  omitting({ blob, reference, type }: LayerComparison): Omitted | undefined {
    if (reference === null) return undefined
    for (const layer of this.#handedTo(blob)) {
      if (!layer.reference || isActivation(layer.type)) continue
      const between = this.#originalsBetween(layer.reference, reference)
      const left = between.find(
        (step) =>
          step.inputs.includes(layer.reference!) &&
          !step.outputs.includes(reference) &&
          ((isActivation(step.type) && !isActivation(type)) || this.#isBias(step)),
      )
      if (left) return { layer, step: left }
    }
    return undefined
  }

  /** The layers whose results one reads, through those that only move values. */
  #handedTo(blob: string): readonly LayerComparison[] {
    const found: LayerComparison[] = []
    const open = [...(this.#producers.get(blob)?.inputs ?? [])]
    const seen = new Set(open)
    for (const each of open) {
      const layer = this.#compared.get(each)
      if (layer) found.push(layer)
      const step = this.#producers.get(each)
      if (!step || !isMove(step.type) || seen.size > mostBetween) continue
      for (const input of step.inputs)
        if (!seen.has(input)) {
          seen.add(input)
          open.push(input)
        }
    }
    return found
  }

  /** Whether all but one of the terms of a sum are constants. */
  #isBias({ type, inputs }: TraceStep): boolean {
    return type === 'Add' && inputs.filter((input) => this.#originals.has(input)).length <= 1
  }

  /** The original's steps from one of its tensors, without it, to another. */
  #originalsBetween(from: string, to: string): readonly TraceStep[] {
    const steps: TraceStep[] = []
    const open = [to]
    const seen = new Set(open)
    for (const each of open) {
      const step = this.#originals.get(each)
      if (!step || steps.length > mostBetween) continue
      steps.push(step)
      for (const input of step.inputs)
        if (input !== from && !seen.has(input)) {
          seen.add(input)
          open.push(input)
        }
    }
    return steps
  }

  #isMatched(blob: string): boolean {
    return (this.#compared.get(blob)?.reference ?? null) !== null
  }

  #leadsToSound(blob: string): boolean {
    const open = [blob]
    const seen = new Set(open)
    for (const each of open) {
      const layer = this.#compared.get(each)
      if (layer?.reference && (layer.accumulated?.sqnrDb ?? -Infinity) >= soundDb) return true
      for (const step of this.#consumers.get(each) ?? [])
        for (const output of step.outputs)
          if (!seen.has(output)) {
            seen.add(output)
            open.push(output)
          }
    }
    return false
  }
}
