import { quickError } from '../../compare/measure/measure.js'
import { formatDb } from '../../format/numbers.js'
import { diagnoseInputs } from '../input/diagnoseInputs.js'
import type { Climb } from '../diagnose.js'
import type { Sample } from '../Sample.js'

/** The deployed inputs beside the golden ones, and beside the picture that they were made from: no inference. */
export async function climbInputs(climb: Climb): Promise<void> {
  const { samples, record } = climb
  if (!samples.some(({ deployed }) => deployed)) return
  const inputs = await diagnoseInputs(samples, { record })
  climb.findings.push(inputs)
  const compared = samples.filter(({ golden, deployed }) => golden && deployed)
  const worstDb = Math.min(...compared.map(agreementDb))
  const [first] = inputs.causes
  const said = Number.isFinite(worstDb) ? `the deployed input agrees with the golden one to ${formatDb(worstDb)}` : 'the deployed input was looked at'
  climb.rungs.push({ rung: 'inputs', said: `${said}: ${first ? first.code : 'nothing is wrong with it'}` })
  if (first) return
  if (compared.length > 0 && inputs.missing.length === 0) {
    climb.cleared.push({ what: 'the deployed input is the golden one', evidence: { inputSqnrDb: worstDb } })
  } else if (compared.length > 0) {
    climb.unexplained.push(`The deployed input differs from the golden one (${formatDb(worstDb)}).`)
  }
}

function agreementDb({ golden, deployed }: Sample): number {
  if (golden!.length !== deployed!.length) return Number.NEGATIVE_INFINITY
  return quickError(golden!, deployed!).sqnrDb ?? Number.NEGATIVE_INFINITY
}
