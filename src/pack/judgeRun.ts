import { parseTolerances, requireKnownOutputs, toleranceFor } from '../compare/judge/parseTolerances.js'
import { type JudgedAs, judgedPrecision, lowerOf } from '../compare/judge/passRules.js'
import type { LayersComparison } from '../compare/layers/LayerComparison.js'
import {
  type ComparedOutput,
  compareOutputs,
  type OutputVerdict,
  summariseVerdicts,
} from '../compare/outputs/compareOutputs.js'
import { pairOutputs } from '../compare/outputs/pairOutputs.js'
import { toLayout } from '../tensor/convertTensor.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { OverflowForecast, PackNotice } from './noticesFor.js'
import type { PackManifest, PackRun } from './PackManifest.js'
import type { RecordDifference, RemadeInputs } from './packImages.js'

/** What `verify` and `rejudge` come to. */
export interface PackVerdict extends JudgedRun {
  readonly pass: boolean
  /** Read these before any number. */
  readonly notices: readonly PackNotice[]
  /** What ran. */
  readonly run: PackRun
  /** Milliseconds of loading and of the first run. Absent from `rejudge`, which runs nothing. */
  readonly timing?: { readonly loadMs: number; readonly runMs: number }
  /** Of a run that failed, where the pack holds values of layers. */
  readonly layers?: LayersComparison
  /** Layers whose recorded values fp16 cannot hold; of a run that failed in fp16. */
  readonly overflow: readonly OverflowForecast[]
  /** Where other inputs than the recorded ones were given. */
  readonly deployed?: DeployedVerdict
  /** Where the pack has pictures: the inputs that they become here, and what the model makes of those. */
  readonly picture?: PictureVerdict
  /** The number under which the pack holds the run, counted from 1; null where it does not. */
  readonly number: number | null
}

/** A verdict with the values that it is about, each under the names of its own side, for what is made of them. */
export interface FinishedVerdict {
  readonly verdict: PackVerdict
  readonly golden: NamedTensors
  readonly outputs: NamedTensors
}

/** The model on the inputs that it got where it was deployed. */
export interface DeployedVerdict {
  /** Each input beside the recorded one: it must be the same, up to rounding in fp32. */
  readonly inputs: readonly ComparedOutput[]
  readonly outputs: readonly ComparedOutput[]
  readonly verdict: OutputVerdict
}

/** The whole way from the picture. */
export interface PictureVerdict extends DeployedVerdict {
  /** Whose record was taken: that of the model's own sidecar, or the one in the pack. */
  readonly by: 'model' | 'pack'
  /** Fields of the model's own record that are not as the pack's are. */
  readonly differences: readonly RecordDifference[]
}

export interface JudgedRun {
  /** Null where no rule is known for the precision that ran. */
  readonly judgedAs: JudgedAs | null
  readonly outputs: readonly ComparedOutput[]
  readonly verdict: OutputVerdict
}

/**
 * Holds a run's outputs against the recorded ones. What has no counterpart, or another shape, fails. Throws
 * TWINFER_USAGE for a tolerance that is none, or is for an output that was not recorded.
 */
export function judgeRun(
  { recorded, tolerances }: PackManifest,
  golden: NamedTensors,
  run: PackRun,
  outputs: NamedTensors,
  given: readonly string[] = tolerances,
): JudgedRun {
  const limits = parseTolerances(given)
  requireKnownOutputs(limits, Object.keys(golden))
  const pairing = pairOutputs(inOneLayout(golden, recorded), inOneLayout(outputs, run), {
    referenceNames: namesOf(recorded),
    candidateNames: namesOf(run),
    isReferenceOriginal: recorded.model.engine === 'onnx',
    isCandidateOriginal: run.model.engine === 'onnx',
  })
  const judgedAs = lowerOf(recordedAs(recorded), judgedAsOf(run))
  const compared = compareOutputs(
    golden,
    inLayouts(golden, outputs, pairing.pairs),
    pairing,
    (name, own) => ({
      judgedAs,
      ran: run.effective.precision,
      context: {
        ...run.model.work,
        noiseFloorDb: run.noise.outputs.find((output) => output.name === own)?.sqnrDb,
        tolerance: toleranceFor(limits, name),
      },
    }),
  )
  return { judgedAs, outputs: compared, verdict: summariseVerdicts(compared) }
}

/** A network may be NHWC on one engine only. */
function inOneLayout(outputs: NamedTensors, run: PackRun): NamedTensors {
  const moved = namesOf(run).map((name) => [name, toLayout(outputs[name]!, 'NCHW')] as const)
  return Object.fromEntries(moved)
}

function namesOf({ outputs }: PackRun): readonly string[] {
  return outputs.map(({ name }) => name)
}

function recordedAs(recorded: PackRun): JudgedAs | null {
  const judgedAs = judgedAsOf(recorded)
  return judgedAs && { ...judgedAs, because: `the pack was recorded as ${judgedAs.precision}` }
}

function judgedAsOf({ effective, model }: PackRun): JudgedAs | null {
  return judgedPrecision(effective.precision, model.storage ?? 'none', model.work ?? {})
}

/** Outputs in the layout of their counterparts: a network may be NHWC on one engine only. */
function inLayouts(
  golden: NamedTensors,
  outputs: NamedTensors,
  pairs: readonly { readonly reference: string; readonly candidate: string }[],
): NamedTensors {
  const moved = pairs.map(({ reference, candidate }) => [
    candidate,
    toLayout(outputs[candidate]!, golden[reference]!.layout),
  ])
  return { ...outputs, ...Object.fromEntries(moved) }
}

/**
 * Judges inputs that should be the recorded ones, and what the model makes of them. Another input is never
 * excused by a low precision: however near its outputs come, the fault is in what made the input.
 *
 * @param judgeOn runs the model; not called for inputs of other shapes than it takes.
 */
export async function judgeDeployed(
  recorded: NamedTensors,
  given: NamedTensors,
  judgeOn: (inputs: NamedTensors) => Promise<JudgedRun>,
): Promise<DeployedVerdict> {
  const pairing = pairOutputs(Object.keys(recorded), Object.keys(given))
  const inputs = compareOutputs(recorded, given, pairing, () => ({
    judgedAs: { precision: 'fp32' },
    ran: 'fp32',
    context: {},
  }))
  const isMeasured = inputs.every(({ elements }) => elements !== undefined)
  const { outputs, verdict } = isMeasured ? await judgeOn(given) : { outputs: [] }
  const input = summariseVerdicts(inputs)
  if (input.pass && verdict) return { inputs, outputs, verdict }
  const reason = `the input is not the recorded one (${input.reason}): look at its preprocessing`
  return { inputs, outputs, verdict: { pass: false, reason } }
}

/**
 * Judges inputs that were made again of a pack's pictures.
 *
 * @param feeds the recorded ones, as the model takes them. @param given the same, with those that were made again.
 */
export async function judgePicture(
  feeds: NamedTensors,
  given: NamedTensors,
  { own, differences }: RemadeInputs,
  judgeOn: (inputs: NamedTensors) => Promise<JudgedRun>,
): Promise<PictureVerdict> {
  const by = Object.keys(own).length > 0 ? 'model' : 'pack'
  const { inputs, outputs, verdict } = await judgeDeployed(feeds, given, judgeOn)
  const input = summariseVerdicts(inputs)
  if (input.pass) return { by, differences, inputs, outputs, verdict }
  const fields = [...new Set(differences.map(({ field }) => field))]
  const why =
    fields.length > 0
      ? `the record beside the model differs in ${fields.join(', ')}`
      : 'the record is the same, so that this build makes something else of it'
  const reason = `the input made of the picture is not the recorded one (${input.reason}): ${why}`
  return { by, differences, inputs, outputs, verdict: { pass: false, reason } }
}
