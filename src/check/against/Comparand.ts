import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'
import type { ValueFormat } from '../weights/StoredTensor.js'
import type { Tolerance } from './rowSimilarity.js'
import type { SourceValues, SourceWeight } from './SourceWeight.js'

/** What a model is held against. */
export interface Comparand {
  readonly graph?: OnnxGraph | undefined
  /** The constants of the graph, for what is remarkable and may be the source's. */
  readonly sourceValues?: SourceValues | undefined
  /** Weights of one layer as another reader read them. */
  readonly dump?: Float32Array | undefined
}

/** A weight of the converted model. */
export interface EngineWeight {
  readonly layer: string
  readonly layerType: string
  /** Where the first value is. */
  readonly offset: number
  /** See StoredTensor. */
  readonly external?: boolean | undefined
  readonly count: number
  readonly channels: number
  /** `int8` for all that is quantised. */
  readonly format: ValueFormat
  /** The step that each channel's values were rounded to, where they are packed in a few bits. */
  readonly steps?: Float32Array
  /** The values, from `bytesLater` bytes further on than they should be. */
  values(bytesLater?: number): Promise<Float32Array>
}

/** Of equal size, in the order of the graph: the right one is among the next few. */
const mostCandidates = 64

/** The source weights that no weight of the model was found to be. */
export class LeftOver {
  private readonly sources: Set<SourceWeight>
  private readonly taken: SourceWeight[] = []

  constructor(sources: readonly SourceWeight[]) {
    this.sources = new Set(sources)
  }

  ofSize(count: number): readonly SourceWeight[] {
    return [...this.sources].filter((source) => source.count === count).slice(0, mostCandidates)
  }

  /** A weight that several layers share is written once for each. */
  takenOfSize(count: number): readonly SourceWeight[] {
    return this.taken.filter((source) => source.count === count).slice(0, mostCandidates)
  }

  take(taken: SourceWeight): void {
    if (!this.taken.includes(taken)) this.taken.push(taken)
    for (const source of this.sources) if (source.overlaps(taken)) this.sources.delete(source)
  }
}

/** The smallest normal number: what is below is rounded to few digits, or written as zero. */
export const smallestNormal: Readonly<Record<ValueFormat, number>> = {
  fp32: 2 ** -126,
  fp16: 2 ** -14,
  bf16: 2 ** -126,
  // MNN's quantiser writes zeros where the step would be below 1e-6.
  int8: 128e-6,
}

/** How far a weight's rows may turn by the way it is stored. */
export const tolerances: Readonly<Record<ValueFormat, Tolerance>> = {
  fp32: { cosine: 0.999, absolute: smallestNormal.fp32 },
  fp16: { cosine: 0.999, absolute: smallestNormal.fp16 },
  bf16: { cosine: 0.999, absolute: smallestNormal.bf16 },
  // Each value is off by up to half a step.
  int8: { cosine: 0.97, absolute: smallestNormal.int8 },
}

export function toleranceOf({ format, steps }: EngineWeight): Tolerance {
  return steps ? { ...tolerances[format], steps } : tolerances[format]
}
