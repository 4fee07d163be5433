import { floorOf } from '../compare/floorOf.js'
import { type JudgedAs, judgedPrecision } from '../compare/judgedPrecision.js'
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
  const pairing = pairOutputs(Object.keys(golden), Object.keys(outputs))
  const judgedAs = lowerOf(judgedAsOf(recorded), judgedAsOf(run))
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

function judgedAsOf({ effective, model }: PackRun): JudgedAs | null {
  return judgedPrecision(effective.precision, model.storage ?? 'none', model.work ?? {})
}

/** A reference that was rounded cannot be met more closely than it was rounded. */
function lowerOf(recorded: JudgedAs | null, ran: JudgedAs | null): JudgedAs | null {
  if (recorded === null || ran === null) return ran
  if (floorOf(recorded.precision, {}) >= floorOf(ran.precision, {})) return ran
  return { precision: recorded.precision, because: `the pack was recorded as ${recorded.precision}` }
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
