import type { ModelFile } from '../../file/ModelFile.js'
import type { ModelOptions } from './ModelOptions.js'
import { openModel, type RunnableModel } from './openModel.js'

/**
 * Models that stay open while many inputs go through them, each by its file and options. Without `keeps`, one is closed
 * as soon as it has run, so that no two are in memory at once.
 */
export class OpenModels {
  readonly #open = new Map<string, Promise<RunnableModel>>()

  constructor(private readonly keeps: boolean) {}

  /** Opens the model, or has it open already, and hands it to `use`. Throws what opening it throws. */
  async use<T>(
    file: ModelFile,
    options: ModelOptions,
    use: (model: RunnableModel) => Promise<T>,
  ): Promise<T> {
    const model = await this.#openOnce(file, options)
    try {
      return await use(model)
    } finally {
      if (!this.keeps) await model.dispose()
    }
  }

  async dispose(): Promise<void> {
    const models = await Promise.allSettled(this.#open.values())
    this.#open.clear()
    for (const model of models) if (model.status === 'fulfilled') await model.value.dispose()
  }

  #openOnce(file: ModelFile, options: ModelOptions): Promise<RunnableModel> {
    if (!this.keeps) return openModel(file, options, [])
    const { precision, device, threads, engineOption, inputShape } = options
    const key = JSON.stringify([file.name, file.path, precision, device, threads, engineOption, inputShape])
    const model = this.#open.get(key) ?? openModel(file, options, [])
    this.#open.set(key, model)
    return model
  }
}
