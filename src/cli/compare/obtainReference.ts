import { extname } from 'node:path'
import { measureNoise, type Noise } from '../../compare/judge/noiseFloor.js'
import type { JudgedAs } from '../../compare/judge/passRules.js'
import { judgingOf } from '../../compare/outputs/judgingOf.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { progress } from '../../format/progress.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { readNpz } from '../../tensor/npz/Npz.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { type AssignedInput, assignKnown, feedsOf, type GivenInput } from '../inputs/assignInputs.js'
import { inputShapesFor } from '../models/inputShapesFor.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import type { OpenModels } from '../models/OpenModels.js'
import type { EffectiveSettings, ModelTensor, RunOutputs } from '../models/openModel.js'
import type { CompareRequest, ReferenceSummary } from './Comparison.js'

export interface Reference {
  readonly summary: ReferenceSummary
  readonly outputs: RunOutputs
  /** In its own order, which the object need not keep. */
  readonly outputNames: readonly string[]
  /** With the values that the reference computed with, which may have been rounded to its own type. */
  readonly inputs: readonly GivenInput[]
  /** Given inputs with names that it does not have, which a candidate may. */
  readonly spare: readonly GivenInput[]
  /** Undefined for recorded outputs. */
  readonly file: ModelFile | undefined
  /** None of recorded outputs. */
  readonly modelInputs: readonly ModelTensor[]
  /** What its outputs are rounded to, and why; null where nothing is known to be rounded. */
  readonly judgedAs: JudgedAs | null
}

/** Runs the reference in fp32 (what else it could be is no reference), or reads recorded outputs. */
export async function obtainReference(
  request: CompareRequest,
  file: ModelFile | undefined,
  given: readonly GivenInput[],
  models: OpenModels,
): Promise<Reference> {
  if (file === undefined) {
    const summary = {
      model: request.reference,
      engine: extname(request.reference).slice(1).toLowerCase(),
      effective: null,
      warnings: [],
    }
    const outputs = await readRecordedOutputs(request.reference)
    const outputNames = Object.keys(outputs)
    const judgedAs = recordedAs(outputs)
    return { summary, file, outputs, outputNames, inputs: given, spare: [], modelInputs: [], judgedAs }
  }
  let spare: readonly GivenInput[] = []
  let modelInputs: readonly ModelTensor[] = []
  const { engine, effective, outputs, outputNames, inputs, warnings } = await runModel(
    models,
    file,
    await referenceOptions(request, file),
    1,
    (infos) => {
      const known = assignKnown(infos, given)
      spare = known.spare
      modelInputs = infos
      return known.assigned
    },
  )
  const summary = { model: request.reference, engine, effective, warnings }
  const judgedAs = await referenceJudgedAs(file, effective.precision)
  return { summary, file, outputs, outputNames, inputs, spare, modelInputs, judgedAs }
}

/** By what ran and by how the file stores its weights, as a candidate is. */
async function referenceJudgedAs(file: ModelFile, ran: string): Promise<JudgedAs | null> {
  const { judgedAs } = await judgingOf(file, ran)
  if (judgedAs === null || judgedAs.precision === 'fp32') return null
  const how =
    judgedAs.because === undefined ? `itself computes in ${ran}` : 'stores weights that were rounded'
  return { ...judgedAs, because: `the reference ${how}` }
}

/** What a .npy holds as float16 was rounded when it was saved, if not before. */
function recordedAs(outputs: RunOutputs): JudgedAs | null {
  const isRounded = Object.values(outputs).some(({ dtype }) => dtype === 'float16')
  return isRounded ? { precision: 'fp16-storage', because: 'the recorded outputs are float16' } : null
}

interface FinishedModel {
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

/** Opens a model, where it is not open, and runs it `repeat` times. */
export async function runModel(
  models: OpenModels,
  file: ModelFile,
  options: ModelOptions,
  repeat: number,
  inputsFor: (infos: readonly ModelTensor[]) => readonly AssignedInput[],
): Promise<FinishedModel> {
  const warnings: string[] = []
  progress(`opening ${file.name}`)
  return models.use(file, options, async (model) => {
    const assigned = inputsFor(model.inputs)
    const feeds = feedsOf(assigned, warnings)
    const start = performance.now()
    progress(`running ${file.name}`, repeat > 1 ? { done: 1, total: repeat } : {})
    const outputs = await model.run(feeds)
    const runMs = performance.now() - start
    const noise = await measureNoise(outputs, repeat, (run) => {
      progress(`running ${file.name}`, { done: run, total: repeat })
      return model.run(feeds)
    })
    const { engine, effective, loadMs } = model
    const outputNames = model.outputs.map(({ name }) => name)
    const inputs = assigned.map(({ info: { name, unused = false }, file }) => {
      return { name, file, tensor: feeds[name]!, unused }
    })
    return { engine, effective, timing: { loadMs, runMs }, outputs, outputNames, noise, warnings, inputs }
  })
}

/** The engines' options are for the candidates, save for onnxruntime's, which is seldom one. */
export async function referenceOptions(
  { threads, engineOption = {}, inputShape }: CompareRequest,
  file: ModelFile,
): Promise<ModelOptions> {
  const own = Object.entries(engineOption).filter(([name]) => name.startsWith('onnx.'))
  return {
    precision: 'fp32',
    device: 'cpu',
    engineOption: Object.fromEntries(own),
    ...(inputShape && { inputShape: await inputShapesFor(file, inputShape, [], []) }),
    ...(threads !== undefined && { threads }),
  }
}

/**
 * Outputs that were recorded: a .npz's arrays by name, or a .npy's one array as `output`, since it has no name.
 * The object has no prototype, so that an output may be called `__proto__`. Throws what readNpy and readNpz throw.
 */
export async function readRecordedOutputs(file: string): Promise<Readonly<Record<string, Tensor>>> {
  const outputs = Object.create(null) as Record<string, Tensor>
  const arrays = /\.npz$/i.test(file) ? await readNpz(file) : new Map([['output', await readNpy(file)]])
  for (const [name, tensor] of arrays) outputs[name] = tensor
  return outputs
}
