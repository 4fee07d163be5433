import { conformInputs, type PairableInput } from '../compare/outputs/pairInputs.js'
import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import type { TensorInfo } from '../model/options.js'
import type { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import { elementsOf } from '../tensor/elementsOf.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import type { SampleContent } from './data/EvalSet.js'

/** What the feeder needs of a model. */
export interface FedModel {
  readonly name: string
  readonly inputs: readonly TensorInfo[]
  readonly record: ModelRecord
}

/**
 * Makes the inputs of every model of a sample. Pictures and sounds go by each model's own sidecar; a model without
 * one gets what the first one that has a sidecar gets, under its own names and in its own layout.
 */
export class Feeder {
  readonly #first: FedModel

  /** The first model is the one whose names the arrays of a set go by. */
  constructor(private readonly models: readonly FedModel[]) {
    this.#first = models[0]!
  }

  /** In the order of the models. Throws what `ModelRecord.feeds` throws, and TWINFER_UNKNOWN_INPUT. */
  async feeds(content: SampleContent): Promise<readonly NamedTensors[]> {
    if (content.inputs) {
      const given = namedInputs(this.#first, content.inputs)
      return this.models.map((model) => (model === this.#first ? given : conform(this.#first, model, given)))
    }
    const base = this.models.find(hasRecord) ?? this.#first
    const made = await base.record.feeds(base.inputs, content.source)
    const feeds: NamedTensors[] = []
    for (const model of this.models) {
      if (model === base) feeds.push(made)
      else if (hasRecord(model)) feeds.push(await model.record.feeds(model.inputs, content.source))
      else feeds.push(conform(base, model, made))
    }
    return feeds
  }
}

function hasRecord({ record }: FedModel): boolean {
  return Object.keys(record.sidecar?.inputs ?? {}).length > 0
}

function conform(from: FedModel, to: FedModel, given: NamedTensors): NamedTensors {
  const { feeds } = conformInputs(from.inputs as readonly PairableInput[], to.inputs, given)
  return shaped(to, feeds)
}

/** The arrays of a set by the inputs of the model; one without a name is the only input. */
function namedInputs(model: FedModel, given: Readonly<Record<string, Tensor>>): NamedTensors {
  const needed = model.inputs.filter(({ unused }) => !unused)
  const names = needed.map(({ name }) => name)
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const [name, tensor] of Object.entries(given)) {
    const own = name === '' || (needed.length === 1 && /^(arr_\d+|inputs?)$/.test(name)) ? names[0]! : name
    const isUnclear = name === '' && needed.length > 1
    if (isUnclear || !model.inputs.some((input) => input.name === own)) {
      throw new TwinferError(
        'TWINFER_UNKNOWN_INPUT',
        `${model.name}: expected arrays by the names of its inputs (${names.join(', ')}), received '${name || 'inputs'}'`,
        { help: suggest(name, names) || 'One array called inputs serves a model with one input.' },
      )
    }
    feeds[own] = tensor
  }
  const { feeds: cast } = conformInputs(model.inputs as readonly PairableInput[], model.inputs, feeds)
  return shaped(model, cast)
}

/** In the shape that the model says, where only sizes of 1 tell the two apart. */
function shaped({ inputs }: FedModel, feeds: NamedTensors): NamedTensors {
  const result = Object.create(null) as Record<string, Tensor>
  for (const [name, tensor] of Object.entries(feeds)) {
    const { data, dtype, layout } = tensor
    const shape = inputs.find((input) => input.name === name)?.shape
    const isSame =
      shape?.every((size) => size >= 1) && elementsOf(shape) === data.length && sameSizes(shape, tensor.shape)
    result[name] = isSame ? new Tensor(data, shape!, { dtype, layout }) : tensor
  }
  return result
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  const large = (shape: readonly number[]) => shape.filter((size) => size !== 1).join()
  return large(a) === large(b)
}
