import type { FindingList } from '../FindingList.js'
import type { MnnModel, MnnOperator } from './MnnModel.js'
import { operatorNoun } from './operatorNoun.js'
import { leftOutOperators, operatorRule } from './rules/operatorRule.js'

/** What MNN takes for granted about each operator by itself. */
export function checkOperators({ operators, damage }: MnnModel, findings: FindingList): void {
  for (const { index, message } of damage)
    findings.error('damaged-table', `op ${index} cannot be read: ${message}`, {
      help: 'The file is cut short or damaged: copy or convert it again.',
    })
  for (const operator of operators) checkOperator(operator, findings)
}

function checkOperator(operator: MnnOperator, findings: FindingList): void {
  const place = { layer: operator.name }
  const noun = operatorNoun(operator)
  if (operator.externalPath !== '')
    findings.error('external-path', `${noun} reads its weights from '${operator.externalPath}'`, {
      ...place,
      help: 'A model may not name files of this machine: save its weights beside it.',
    })
  const rule = operatorRule(operator.type)
  if (!rule) {
    findings.error('unknown-layer', `${noun}: MNN 3.6.1 has no code for this operator`, {
      ...place,
      help:
        leftOutOperators[operator.type] ?? 'The converter is newer than MNN 3.6.1, or the file is damaged.',
    })
    return
  }
  if (operator.inputs.length < rule.leastInputs)
    findings.error(
      'layer-inputs',
      `${noun}: expected at least ${rule.leastInputs} inputs, received ${operator.inputs.length}`,
      place,
    )
  if (operator.outputs.length === 0) findings.error('layer-outputs', `${noun}: it has no outputs`, place)
  const missing = operator.main === undefined && (operator.kind !== 0 || !rule.optional)
  const wrong = operator.main ? !rule.kinds.includes(operator.kind) : missing
  if (rule.kinds.length > 0 && wrong)
    findings.error(
      'parameters',
      `${noun}: expected parameters of kind ${rule.kinds.join(' or ')}, received ${operator.main ? operator.kind : 'none'}`,
      { ...place, help: 'MNN would read another table as if it were this one.' },
    )
}
