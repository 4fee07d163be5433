import type { TensorInfo } from '../../model/options.js'
import type { TraceStep } from '../../trace/LayerTracer.js'

/** What the graph calls a model's inputs, by name. */
export type InputKeys = ReadonlyMap<string, string>

/**
 * Which of a model's visible blobs are computed from which. Blobs that the engine shows nowhere are seen
 * through. The model's inputs are called `input:NAME` with the reference's name, so that they are the same in two models.
 */
export class BlobGraph {
  readonly #parents = new Map<string, readonly string[]>()
  readonly #children = new Map<string, string[]>()

  constructor(steps: readonly TraceStep[], inputs: InputKeys, visible: ReadonlySet<string>) {
    const reached = new Map<string, readonly string[]>([...inputs].map(([name, key]) => [name, [key]]))
    for (const step of steps) {
      const parents = [...new Set(step.inputs.flatMap((blob) => reached.get(blob) ?? []))]
      for (const blob of step.outputs) {
        if (!visible.has(blob)) {
          reached.set(blob, parents)
          continue
        }
        reached.set(blob, [blob])
        this.#parents.set(blob, parents)
        for (const parent of parents) {
          this.#children.set(parent, [...(this.#children.get(parent) ?? []), blob])
        }
      }
    }
  }

  /** Empty for a constant and for an input of the model. */
  parents(blob: string): readonly string[] {
    return this.#parents.get(blob) ?? []
  }

  children(blob: string): readonly string[] {
    return this.#children.get(blob) ?? []
  }

  /** The nearest blobs above this one for which `stop` holds, and the inputs that are reached without one. */
  ancestors(blob: string, stop: (blob: string) => boolean): ReadonlySet<string> {
    return this.#nearest(this.parents(blob), stop, (next) => this.parents(next), isInput)
  }

  /** The nearest blobs below this one for which `stop` holds. */
  descendants(blob: string, stop: (blob: string) => boolean): ReadonlySet<string> {
    return this.#nearest(
      this.children(blob),
      stop,
      (next) => this.children(next),
      () => false,
    )
  }

  #nearest(
    from: readonly string[],
    stop: (blob: string) => boolean,
    further: (blob: string) => readonly string[],
    always: (blob: string) => boolean,
  ): ReadonlySet<string> {
    const found = new Set<string>()
    const seen = new Set(from)
    for (const blob of seen) {
      if (always(blob) || stop(blob)) found.add(blob)
      else for (const next of further(blob)) seen.add(next)
    }
    return found
  }
}

function isInput(blob: string): boolean {
  return blob.startsWith('input:')
}

/** The keys of a reference's own inputs. */
export function inputKeysOf(inputs: readonly TensorInfo[]): InputKeys {
  return new Map(inputs.map(({ name }) => [name, inputKey(name)]))
}

export function inputKey(name: string): string {
  return `input:${name}`
}

/** Two tensors of one key hold the same values in the same order: dimensions of 1 are left out, as engines do. */
export function shapeKey(shape: readonly number[]): string {
  return shape.filter((size) => size !== 1).join('x')
}
