import { parseTolerances, requireKnownOutputs } from '../compare/parseTolerances.js'
import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { nameInputs } from '../model/nameInputs.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { PackManifest } from './manifest/PackManifest.js'
import { packVersion } from './manifest/parseManifest.js'
import type { RunnableOptions } from './openRunnable.js'
import type { PackInputs } from './PackInputs.js'
import { PackSession } from './PackSession.js'
import { type LayerChoice, RecordedLayers } from './RecordedLayers.js'
import { requireRepeat } from './requireRepeat.js'
import { storedTensors } from './storedTensors.js'
import { writePack } from './writePack.js'

/** `precision` defaults to fp32 here: what a lower one gives is no reference. */
export interface RecordOptions extends RunnableOptions {
  /** The pack to write. One that is there is replaced when the new one is whole. */
  readonly file: string
  readonly inputs: PackInputs
  /** Layers whose values are stored. Default: none; every layer's statistics always are. */
  readonly layers?: LayerChoice
  /** How often the model runs, to measure its noise floor. Default: 3. */
  readonly repeat?: number
  /** What outputs are held against in place of what their precision allows: `sqnr=60`, `prob:cosine=0.999`. */
  readonly tolerances?: readonly string[]
}

/**
 * Runs a model (.param, .mnn or .onnx) and writes a golden pack: inputs, outputs, chosen layers and what ran, in one
 * file that `verify` judges other runs by, on machines that have neither the model's original nor its engine.
 *
 * Throws what `open()` and `run()` throw, TWINFER_INVALID_OPTION for the name of no layer,
 * TWINFER_FILE_NOT_FOUND or TWINFER_FILE_UNREADABLE where the pack cannot be written.
 */
export const record = answering(
  'record',
  async function record(model: string, options: RecordOptions): Promise<PackManifest> {
    const { file, inputs, layers, tolerances = [], repeat = 3, ...settings } = options
    requireRepeat(repeat)
    const limits = parseTolerances(tolerances)
    const session = await PackSession.open(model, { precision: 'fp32', ...settings })
    try {
      const feeds = typeof inputs === 'function' ? inputs(session.inputs) : nameInputs(session.inputs, inputs)
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
          recorded: run,
          steps: traced?.steps ?? [],
          layers: traced?.layers ?? [],
          tolerances,
          runs: [],
        }
        await writePack(file, manifest, [...given.members, ...members, ...(traced?.members ?? [])])
        return manifest
      } finally {
        traced?.dispose()
      }
    } finally {
      await session.close()
    }
  },
)

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
