import { pairInputs } from '../compare/outputs/pairInputs.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { ModelFile } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import type { TensorInfo } from '../model/options.js'
import { openRunnable, type RunnableOptions } from '../pack/openRunnable.js'
import { castTensor } from '../tensor/convertTensor.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'

type Runnable = Awaited<ReturnType<typeof openRunnable>>

/** A model that is open for as long as somebody asks what it computes. */
export class Network {
  private constructor(
    readonly file: ModelFile,
    private readonly model: Runnable,
  ) {}

  /** Throws what `open()` throws. */
  static async open(file: ModelFile, options: RunnableOptions): Promise<Network> {
    progress(`opening ${file.name}`)
    return new Network(file, await openRunnable(file, options))
  }

  get inputs(): readonly TensorInfo[] {
    return this.model.inputs
  }

  /** In the model's order, which the object of outputs need not keep. */
  get outputNames(): readonly string[] {
    return this.model.outputs.map(({ name }) => name)
  }

  get effective(): Runnable['effective'] {
    return this.model.effective
  }

  /**
   * Runs once. A lone tensor is for the only input that anything depends on; tensors under another model's names are
   * paired as `compare` does.
   *
   * Throws TWINFER_MISSING_INPUT where an input has no partner, TWINFER_DTYPE_MISMATCH where values would be lost,
   * and what `run()` throws.
   */
  async run(given: Tensor | NamedTensors): Promise<NamedTensors> {
    progress(`running ${this.file.name}`)
    return this.model.run(this.feedsFor(given))
  }

  /** What `run` would feed: each tensor under this model's name for it, in the type that it wants. */
  feedsFor(given: Tensor | NamedTensors): NamedTensors {
    const named = given instanceof Tensor ? this.#nameLone(given) : this.#rename(given)
    const feeds = Object.create(null) as Record<string, Tensor>
    for (const [info, tensor] of named) feeds[info.name] = adapt(tensor, info)
    return feeds
  }

  close(): Promise<void> {
    return this.model.dispose()
  }

  #nameLone(tensor: Tensor): readonly (readonly [TensorInfo, Tensor])[] {
    const needed = this.inputs.filter(({ unused }) => !unused)
    if (needed.length === 1) return [[needed[0]!, tensor]]
    const names = this.inputs.map(({ name }) => `'${name}'`).join(', ')
    throw new TwinferError(
      'TWINFER_MISSING_INPUT',
      `${this.file.name}: expected a model with one input, received one with ${needed.length} (${names})`,
      { help: 'Record all of them in a golden pack, and give that as the reference: `twinfer record`.' },
    )
  }

  #rename(given: NamedTensors): readonly (readonly [TensorInfo, Tensor])[] {
    const described = Object.entries(given).map(([name, { shape }]) => ({ name, shape }))
    const { pairs, missing } = pairInputs(described, this.inputs)
    const lacking = missing.find((name) => !this.inputs.find((info) => info.name === name)?.unused)
    if (lacking !== undefined) {
      throw new TwinferError(
        'TWINFER_MISSING_INPUT',
        `${this.file.name}: nothing tells which of the inputs (${Object.keys(given).join(', ')}) is '${lacking}'`,
      )
    }
    return pairs.map(({ reference, candidate }) => [
      this.inputs.find(({ name }) => name === candidate)!,
      given[reference]!,
    ])
  }
}

function adapt(tensor: Tensor, { name, dtype, layout }: TensorInfo): Tensor {
  const cast = castTensor(tensor, dtype)
  if (cast === null) {
    throw new TwinferError(
      'TWINFER_DTYPE_MISMATCH',
      `input '${name}': expected ${dtype}, received ${tensor.dtype} values that it cannot express`,
    )
  }
  // Files record no layout: they hold what the model wants.
  return new Tensor(cast.data, cast.shape, { dtype: cast.dtype, layout: layout ?? tensor.layout })
}
