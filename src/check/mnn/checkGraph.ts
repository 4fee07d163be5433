import type { FindingList } from '../FindingList.js'
import type { MnnModel, MnnOperator } from './MnnModel.js'
import { slots } from './mnnSlots.js'
import { operatorNoun } from './operatorNoun.js'

const constants = new Set(['Const', 'TrainableParam'])
const usageStatic = 3

/** Whether every tensor exists, is made before it is used, and is made once. MNN indexes without looking. */
export function checkGraph(model: MnnModel, findings: FindingList): void {
  const { operators, tensorNames, outputNames, net, damage } = model
  // The tensors of a model saved with its shapes may have no operator: they are in extraTensorDescribe.
  const isStatic = net.uint8(slots.net.usage, 0, 'the usage') === usageStatic
  const makers = new Map<number, MnnOperator>()
  for (const operator of operators) {
    const missing = operator.inputs.find((tensor) => !makers.has(tensor))
    if (missing !== undefined) {
      if (!inRange(missing, tensorNames)) outOfRange(operator, missing, tensorNames, findings)
      else if (!isStatic && damage.length === 0) reportUnmade(operator, missing, model, findings)
    }
    for (const tensor of operator.outputs) addMaker(operator, tensor, tensorNames, makers, findings)
  }
  const made = new Set([...makers.keys()].map((tensor) => tensorNames[tensor]))
  if (damage.length > 0) return
  for (const name of outputNames) {
    if (!made.has(name)) findings.error('no-producer', `no op makes the output '${name}'`)
  }
}

function inRange(tensor: number, names: readonly string[]): boolean {
  return tensor >= 0 && tensor < names.length
}

function outOfRange(
  operator: MnnOperator,
  tensor: number,
  names: readonly string[],
  findings: FindingList,
): void {
  findings.error('damaged-table', `${operatorNoun(operator)} names tensor ${tensor} of ${names.length}`, {
    layer: operator.name,
    help: 'MNN would read past its list of tensors: convert the model again.',
  })
}

function reportUnmade(
  operator: MnnOperator,
  tensor: number,
  { operators, tensorNames }: MnnModel,
  findings: FindingList,
): void {
  const name = tensorNames[tensor]
  const later = operators.find(({ outputs }) => outputs.includes(tensor))
  if (later)
    findings.error(
      'layer-order',
      `${operatorNoun(operator)} uses tensor '${name}', which only ${operatorNoun(later)} makes`,
      { layer: operator.name, help: 'Operators must come after those whose output they use.' },
    )
  else
    findings.error('no-producer', `${operatorNoun(operator)} uses tensor '${name}', which no op makes`, {
      layer: operator.name,
      help: 'Convert the model again.',
    })
}

function addMaker(
  operator: MnnOperator,
  tensor: number,
  names: readonly string[],
  makers: Map<number, MnnOperator>,
  findings: FindingList,
): void {
  if (!inRange(tensor, names)) {
    outOfRange(operator, tensor, names, findings)
    return
  }
  const earlier = makers.get(tensor)
  // A trained model writes its parameters back.
  if (earlier && !(constants.has(earlier.type) && !constants.has(operator.type)))
    findings.error(
      'duplicate-blob',
      `${operatorNoun(operator)} makes tensor '${names[tensor]}' again, after ${operatorNoun(earlier)}`,
      { layer: operator.name },
    )
  makers.set(tensor, operator)
}
