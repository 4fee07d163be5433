import { TwinferError } from '../../errors/TwinferError.js'
import type { FindingList } from '../FindingList.js'
import { checkSizes } from './checkSizes.js'
import { collectWeights } from './collectWeights.js'
import type { MnnOperator } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'
import { operatorNoun } from './operatorNoun.js'

/** The weights of an operator, their sizes checked; undefined, and a finding, where its tables are damaged. */
export function collectOrReport(operator: MnnOperator, findings: FindingList): MnnWeights | undefined {
  try {
    const weights = collectWeights(operator)
    checkSizes(operator, weights, findings)
    return weights
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    findings.error('damaged-table', `${operatorNoun(operator)}: ${error.message}`, {
      layer: operator.name,
      help: error.help,
    })
    return undefined
  }
}
