import { type JudgedAs, judgedPrecision } from '../compare/judgedPrecision.js'
import { lowerOf } from '../compare/lowerOf.js'
import type { ComparedOutput, OutputVerdict } from '../compare/outputs/ComparedOutput.js'
import { compareOutputs } from '../compare/outputs/compareOutputs.js'
import { summariseVerdicts } from '../compare/outputs/summariseVerdicts.js'
import { pairOutputs } from '../compare/pairOutputs.js'
import { parseTolerances, requireKnownOutputs } from '../compare/parseTolerances.js'
import { toleranceFor } from '../compare/Tolerances.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import { toLayout } from '../tensor/toLayout.js'
import type { PackManifest, PackRun } from './manifest/PackManifest.js'

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
