import { TensorStore } from '../compare/layers/TensorStore.js'
import { suggest } from '../errors/suggest.js'
import { TwinferError } from '../errors/TwinferError.js'
import { npyMember } from '../tensor/npz/npyMember.js'
import { Tensor } from '../tensor/Tensor.js'
import type { LayerTracer, TraceInputs, TraceStep } from '../trace/LayerTracer.js'
import type { ZipMember } from '../zip/ZipMember.js'
import type { PackLayer } from './manifest/PackManifest.js'
import { memberNames } from './memberNames.js'

/** Which layers' values are stored: of all, or of those with these names (the layer's or its blob's). */
export type LayerChoice = 'all' | readonly string[]

/** What every layer computed: statistics of all, and the values of some, held outside memory where they are many. */
export class RecordedLayers {
  readonly #store = new TensorStore()

  private constructor(
    readonly steps: readonly TraceStep[],
    readonly layers: PackLayer[] = [],
    readonly members: ZipMember[] = [],
  ) {}

  /** Throws TWINFER_INVALID_OPTION for the name of no layer, and what the tracer throws. */
  static async record(
    tracer: LayerTracer,
    inputs: TraceInputs,
    choice: LayerChoice,
  ): Promise<RecordedLayers> {
    if (choice !== 'all') requireNames(tracer.steps, choice)
    const recorded = new RecordedLayers(tracer.steps.map(plainStep))
    const nameMember = memberNames('layers')
    try {
      await tracer.trace(inputs, ({ name, type, blob, shape, statistics }, { data }) => {
        const isStored = choice === 'all' || choice.includes(name) || choice.includes(blob)
        const member = isStored ? nameMember(blob) : null
        recorded.layers.push({ name, type, blob, shape, statistics, member })
        if (member !== null) recorded.#add(member, data as Float32Array, shape)
      })
      return recorded
    } catch (error) {
      recorded.dispose()
      throw error
    }
  }

  #add(member: string, values: Float32Array, shape: readonly number[]): void {
    const index = this.#store.add(values)
    const content = () => npyMember(member, new Tensor(this.#store.get(index), shape)).content()
    this.members.push({ name: member, content })
  }

  dispose(): void {
    this.#store.dispose()
  }
}

/** Without what an engine's own steps hold besides. */
function plainStep({ name, type, inputs, outputs }: TraceStep): TraceStep {
  return { name, type, inputs, outputs }
}

function requireNames(steps: readonly TraceStep[], names: readonly string[]): void {
  const known = new Set(steps.flatMap(({ name, outputs }) => [name, ...outputs]))
  const unknown = names.find((name) => !known.has(name))
  if (unknown === undefined) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `layers: expected names of layers or their blobs, received '${unknown}'`,
    { help: suggest(unknown, [...known]) || 'The model has no layer of this name that computes anything.' },
  )
}
