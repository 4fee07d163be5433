import { compareOutputs } from '../compare/outputs/compareOutputs.js'
import { summariseVerdicts } from '../compare/outputs/summariseVerdicts.js'
import { pairOutputs } from '../compare/pairOutputs.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { JudgedRun } from './judgeRun.js'
import type { DeployedVerdict } from './PackVerdict.js'

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
