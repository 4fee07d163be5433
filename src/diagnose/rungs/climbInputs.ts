import { compareTensors } from '../../compare/measure/compareTensors.js'
import { formatDb, IDENTICAL_DB } from '../../format/numbers.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { Climb } from '../Climb.js'
import { type Findings, nothing } from '../Findings.js'
import { diagnoseInputs } from '../input/diagnoseInputs.js'
import { pictureShape, planesOf } from '../input/planes.js'
import { sameInputDb } from '../input/recoveredRecord.js'
import type { Sample } from '../Sample.js'

/** What another decoder or rounding leaves is above this (39 dB seen); a wrong filter leaves 21 dB at most. */
const innocentDb = 28

/** The deployed inputs beside the golden ones, and beside the pictures that they were made from: no inference. */
export function climbInputs({ samples, record, findings, cleared, unexplained, rungs }: Climb): Findings {
  if (!samples.some(({ golden, deployed }) => golden ?? deployed)) return nothing
  const inputs = diagnoseInputs(samples, { record })
  // One tensor alone is held against nothing, unless the picture that it was made from is there.
  const isAlone = !samples.some(
    ({ golden, deployed, image }) => [golden, deployed, image].filter(Boolean).length > 1,
  )
  findings.push(isAlone ? { ...inputs, missing: [] } : inputs)
  if (isAlone && inputs.causes[0])
    rungs.push({ rung: 'inputs', said: `one input by itself: ${inputs.causes[0].code}` })
  const compared = samples.filter(({ golden, deployed }) => golden && deployed)
  if (compared.length === 0) return inputs
  const worstDb = Math.min(...compared.map(agreementDb))
  const [first] = inputs.causes
  // So near to each other, what a picture cannot show (a grey one the order of the channels) is no difference.
  const isInnocent = worstDb >= (inputs.missing.length === 0 ? innocentDb : sameInputDb)
  const cameTo =
    first?.code ?? (isInnocent ? 'nothing is wrong with it' : 'nothing that is known explains it')
  rungs.push({ rung: 'inputs', said: `the deployed input ${agreement(worstDb)}: ${cameTo}` })
  if (first) return inputs
  if (isInnocent) {
    const otherLayout = compared.some(({ golden, deployed }) => isMoved(golden!, deployed!))
    const layout = otherLayout
      ? ' with its axes in another order, which is right where the model takes them so'
      : ''
    cleared.push({
      what: `the deployed input is the golden one${layout}`,
      evidence: { inputSqnrDb: worstDb },
    })
  } else {
    unexplained.push(`The deployed input differs from the golden one${extent(worstDb)}.`)
  }
  return inputs
}

function extent(decibels: number): string {
  if (decibels >= IDENTICAL_DB) return ' in its shape alone'
  return Number.isFinite(decibels) ? ` (${formatDb(decibels)})` : ''
}

function agreement(decibels: number): string {
  if (decibels >= IDENTICAL_DB) return 'is identical to the golden one'
  return Number.isFinite(decibels)
    ? `agrees with the golden one to ${formatDb(decibels)}`
    : 'does not agree with the golden one at all'
}

/** Element by element as they lie in memory, whatever shape they are said to have; or pixel by pixel where only the layouts differ. */
function agreementDb({ golden, deployed }: Sample): number {
  if (golden!.length !== deployed!.length) return Number.NEGATIVE_INFINITY
  const [a, b] = isMoved(golden!, deployed!)
    ? [channelsFirst(golden!), channelsFirst(deployed!)]
    : [flat(golden!), flat(deployed!)]
  return compareTensors(a, b).sqnrDb ?? Number.NEGATIVE_INFINITY
}

/** Whether both have the same pixels by their shapes, one with the channels first and one with them last. */
function isMoved(golden: Tensor, deployed: Tensor): boolean {
  if (!isPicture(golden) || !isPicture(deployed)) return false
  const [a, b] = [pictureShape(golden), pictureShape(deployed)]
  const isSameSize = a.width === b.width && a.height === b.height && a.channels === b.channels
  return isSameSize && a.channels > 1 && a.channelsLast !== b.channelsLast
}

function isPicture({ shape }: Tensor): boolean {
  return (shape.length === 3 || shape.length === 4) && !shape.includes(0)
}

function channelsFirst(tensor: Tensor): Tensor {
  const planes = planesOf(tensor).flatMap(({ channels }) => channels)
  const values = new Float32Array(tensor.length)
  let at = 0
  for (const plane of planes) {
    values.set(plane, at)
    at += plane.length
  }
  return new Tensor(values, [values.length])
}

function flat({ data, length, dtype }: Tensor): Tensor {
  return new Tensor(data, [length], { dtype })
}
