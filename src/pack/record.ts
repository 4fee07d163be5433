import { parseTolerances, requireKnownOutputs } from '../compare/judge/parseTolerances.js'
import { TensorStore } from '../compare/layers/RecordedReference.js'
import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions, requirePath } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import type { ModelSource } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import { nameInputs } from '../model/nameInputs.js'
import type { TensorInfo } from '../model/options.js'
import type { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import type { Sidecar } from '../preprocess/sidecar/Sidecar.js'
import { npyMember } from '../tensor/npz/writeNpz.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import type { LayerTracer, TraceInputs, TraceStep } from '../trace/LayerTracer.js'
import type { ZipMember } from '../zip/ZipArchive.js'
import { type RunnableOptions, runnableOptionNames } from './openRunnable.js'
import { memberNames } from './Pack.js'
import type { PackLayer, PackManifest } from './PackManifest.js'
import { type PackInputs, PackSession } from './PackSession.js'
import type { NamedImages, RecordedImages } from './packImages.js'
import { packVersion } from './parseManifest.js'
import { requireRepeat } from './verify.js'
import { storedTensors, writePack } from './writePack.js'

/** `precision` defaults to fp32 here: what a lower one gives is no reference. */
export interface RecordOptions extends RunnableOptions {
  /** The pack to write. One that is there is replaced when the new one is whole. */
  readonly file: string
  /** Default: none, where `image` makes all of them. */
  readonly inputs?: PackInputs
  /**
   * A picture, or pictures by input: the sidecar's record makes inputs of them, and the pack keeps their pixels, so that
   * `verify` can make the inputs again.
   */
  readonly image?: NamedImages
  /** Layers whose values are stored. Default: none; every layer's statistics always are. */
  readonly layers?: LayerChoice
  /** How often the model runs, to measure its noise floor. Default: 3. */
  readonly repeat?: number
  /** What outputs are held against in place of what their precision allows: `sqnr=60`, `prob:cosine=0.999`. */
  readonly tolerances?: readonly string[]
}

const optionNames: OptionNames<RecordOptions> = {
  file: true,
  inputs: true,
  image: true,
  layers: true,
  repeat: true,
  tolerances: true,
  ...runnableOptionNames,
}

/**
 * Runs a model (.param, .mnn or .onnx) and writes a golden pack: inputs, outputs, chosen layers and what ran, in one
 * file that `verify` judges other runs by, on machines that have neither the model's original nor its engine.
 *
 * Throws what `open()` and `run()` throw, TWINFER_INVALID_OPTION for the name of no layer,
 * TWINFER_FILE_NOT_FOUND or TWINFER_FILE_UNREADABLE where the pack cannot be written; with a picture also what
 * `predict` throws for one.
 */
export const record = answering(
  'record',
  async function record(model: ModelSource, options: RecordOptions): Promise<PackManifest> {
    requireOptions(options, optionNames)
    requirePath('file', options.file, 'The golden pack is written there: record(model, { file, inputs }).')
    const { file, inputs = {}, image, layers, tolerances = [], repeat = 3, ...settings } = options
    requireRepeat(repeat)
    const limits = parseTolerances(tolerances)
    const session = await PackSession.open(model, { precision: 'fp32', ...settings })
    try {
      const known = await session.record()
      const pictures = await picturesOf(known, session.inputs, image)
      const feeds = joinFeeds(session.inputs, inputs, pictures?.feeds)
      const { run, outputs, members } = await session.run(feeds, repeat, file, 'outputs')
      requireKnownOutputs(limits, Object.keys(outputs))
      const traced = await traceLayers(session, feeds, layers)
      try {
        const given = storedTensors(
          'inputs',
          feeds,
          session.inputs.map(({ name }) => name),
        )
        const manifest: PackManifest = {
          format: 'twinfer-golden-pack',
          version: packVersion,
          inputs: given.stored,
          modelInputs: session.inputs.map(({ name, shape = null, unused = false }) => ({
            name,
            shape,
            unused,
          })),
          sidecar: image === undefined ? sidecarOf(known) : known.sidecar!,
          images: pictures?.images ?? [],
          recorded: run,
          steps: traced?.steps ?? [],
          layers: traced?.layers ?? [],
          tolerances,
          runs: [],
        }
        await writePack(file, manifest, [
          ...given.members,
          ...(pictures?.members ?? []),
          ...members,
          ...(traced?.members ?? []),
        ])
        return manifest
      } finally {
        traced?.dispose()
      }
    } finally {
      await session.close()
    }
  },
)

/** Undefined where none is given: what decodes them is not loaded then. */
async function picturesOf(
  record: ModelRecord,
  inputs: readonly TensorInfo[],
  image: NamedImages | undefined,
): Promise<RecordedImages | undefined> {
  if (image === undefined) return undefined
  const { recordImages } = await import('./packImages.js')
  return recordImages(record, inputs, image)
}

/** One that is damaged stops nobody who brings tensors. */
function sidecarOf(record: ModelRecord): Sidecar | null {
  try {
    return record.sidecar ?? null
  } catch (error) {
    if (error instanceof TwinferError) return null
    throw error
  }
}

/** What pictures became, and the inputs that are given beside them, in the model's order. */
function joinFeeds(
  infos: readonly TensorInfo[],
  inputs: PackInputs,
  pictures: NamedTensors | undefined,
): NamedTensors {
  if (pictures === undefined) return typeof inputs === 'function' ? inputs(infos) : nameInputs(infos, inputs)
  const others = infos.filter(({ name }) => !Object.hasOwn(pictures, name))
  if (others.length === 0 && isGiven(inputs)) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `input '${Object.keys(pictures)[0]}' is given twice: by a picture (image), and as it is (inputs)`,
      { help: 'Leave one of them out.' },
    )
  }
  const given = typeof inputs === 'function' ? inputs(others) : nameInputs(others, inputs)
  return Object.assign(Object.create(null), given, pictures)
}

function isGiven(inputs: PackInputs): boolean {
  return typeof inputs === 'function' || Object.keys(inputs).length > 0
}

/** Undefined where the model cannot be traced, as with control flow, and nobody asked for its layers. */
async function traceLayers(
  session: PackSession,
  feeds: NamedTensors,
  layers: LayerChoice | undefined,
): Promise<RecordedLayers | undefined> {
  try {
    const tracer = await session.openTracer()
    try {
      return await RecordedLayers.record(tracer, feeds, layers ?? [])
    } finally {
      await tracer.dispose()
    }
  } catch (error) {
    const isUntraceable = error instanceof TwinferError && error.code === 'TWINFER_MODEL_UNSUPPORTED'
    if (isUntraceable && layers === undefined) return undefined
    throw error
  }
}

/** Which layers' values are stored: of all, or of those with these names (the layer's or its blob's). */
export type LayerChoice = 'all' | readonly string[]

/** What every layer computed: statistics of all, and the values of some, held outside memory where they are many. */
class RecordedLayers {
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
    const total = tracer.steps.flatMap(({ outputs }) => outputs).length
    try {
      await tracer.trace(inputs, ({ name, type, blob, shape, statistics }, { data }) => {
        progress('recording the layers', { done: recorded.layers.length + 1, total })
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
