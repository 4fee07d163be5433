/**
 * A last step of a network that converters drop, or that is done twice: in the model and in the application. Works on
 * values in groups of `size` that lie together, such as the scores of one position; a pointwise one takes no notice.
 */
export interface LastStep {
  readonly name: 'sigmoid' | 'exp' | 'log' | 'tanh' | 'softmax' | 'log-softmax' | 'L2 normalisation'
  readonly isPointwise: boolean
  apply(values: Float64Array, size: number): Float64Array
  /** Whether values look like what this step gives, which tells a step done twice from one too many. */
  holds(values: Float64Array, size: number): boolean
}

/** How far sums of probabilities and norms may be from 1: what fp16 leaves. */
const unitSlack = 0.01

/** Where several restore agreement, the first is named. */
export const lastSteps: readonly LastStep[] = [
  pointwise('sigmoid', (value) => 1 / (1 + Math.exp(-value)), isShare),
  pointwise('exp', Math.exp, (value) => value >= 0),
  pointwise('log', Math.log, (value) => value <= 0),
  pointwise('tanh', Math.tanh, (value) => Math.abs(value) <= 1),
  grouped('softmax', softmax, (group) => group.every(isShare) && isUnit(sumOf(group))),
  grouped('log-softmax', logSoftmax, (group) => isUnit(sumOf(group.map(Math.exp)))),
  grouped('L2 normalisation', normalise, (group) => isUnit(normOf(group))),
]

function isShare(value: number): boolean {
  return value >= 0 && value <= 1 + unitSlack
}

function isUnit(value: number): boolean {
  return Math.abs(value - 1) < unitSlack
}

function pointwise(
  name: LastStep['name'],
  step: (value: number) => number,
  isOne: (value: number) => boolean,
): LastStep {
  return {
    name,
    isPointwise: true,
    apply: (values) => values.map(step),
    holds: (values) => values.every(isOne),
  }
}

function grouped(
  name: LastStep['name'],
  step: (group: Float64Array) => void,
  isOne: (group: Float64Array) => boolean,
): LastStep {
  return {
    name,
    isPointwise: false,
    apply(values, size) {
      const result = values.slice()
      for (const group of groupsOf(result, size)) step(group)
      return result
    },
    holds: (values, size) => groupsOf(values, size).every(isOne),
  }
}

/** Views, not copies. */
function groupsOf(values: Float64Array, size: number): Float64Array[] {
  const count = Math.floor(values.length / size)
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size))
}

function softmax(group: Float64Array): void {
  const most = mostOf(group)
  let sum = 0
  for (let i = 0; i < group.length; i++) {
    group[i] = Math.exp(group[i]! - most)
    sum += group[i]!
  }
  for (let i = 0; i < group.length; i++) group[i]! /= sum
}

function logSoftmax(group: Float64Array): void {
  const most = mostOf(group)
  let sum = 0
  for (const value of group) sum += Math.exp(value - most)
  const offset = most + Math.log(sum)
  for (let i = 0; i < group.length; i++) group[i]! -= offset
}

function normalise(group: Float64Array): void {
  const norm = normOf(group)
  for (let i = 0; i < group.length; i++) group[i]! /= norm
}

function mostOf(group: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of group) if (value > most) most = value
  return most
}

function sumOf(group: Float64Array): number {
  let sum = 0
  for (const value of group) sum += value
  return sum
}

function normOf(group: Float64Array): number {
  let power = 0
  for (const value of group) power += value * value
  return Math.sqrt(power)
}
