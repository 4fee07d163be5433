import { measureNoise } from '../../compare/outputs/measureNoise.js'
import type { Noise } from '../../compare/outputs/Noise.js'
import type { AssignedInput } from '../inputs/assignInputs.js'
import { feedsOf } from '../inputs/feedsOf.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { openModel } from '../models/openModel.js'
import type { EffectiveSettings, ModelTensor, RunOutputs } from '../models/RunnableModel.js'

export interface FinishedModel {
  readonly engine: string
  readonly effective: EffectiveSettings
  /** `runMs` is the first run's. */
  readonly timing: { readonly loadMs: number; readonly runMs: number }
  /** Of the first run. */
  readonly outputs: RunOutputs
  /** In the model's order, which the object need not keep. */
  readonly outputNames: readonly string[]
  readonly noise: Noise
  readonly warnings: string[]
  /** The inputs under the names that this model has for them, in its order, as it took them. */
  readonly inputs: readonly GivenInput[]
}

/** Opens a model, runs it `repeat` times and closes it, so that no two models are in memory at once. */
export async function runModel(
  path: string,
  options: ModelOptions,
  repeat: number,
  inputsFor: (infos: readonly ModelTensor[]) => readonly AssignedInput[],
): Promise<FinishedModel> {
  const warnings: string[] = []
  const model = await openModel(path, options, [])
  try {
    const assigned = inputsFor(model.inputs)
    const feeds = feedsOf(assigned, warnings)
    const start = performance.now()
    const outputs = await model.run(feeds)
    const runMs = performance.now() - start
    const noise = await measureNoise(outputs, repeat, () => model.run(feeds))
    const { engine, effective, loadMs } = model
    const outputNames = model.outputs.map(({ name }) => name)
    const inputs = assigned.map(({ info: { name, unused = false }, file }) => {
      return { name, file, tensor: feeds[name]!, unused }
    })
    return { engine, effective, timing: { loadMs, runMs }, outputs, outputNames, noise, warnings, inputs }
  } finally {
    await model.dispose()
  }
}
