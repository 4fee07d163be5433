import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'
import { requireTensor } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { CompareOptions } from './CompareOptions.js'
import { explainedRms } from './explainedRms.js'
import { findClassAxis } from './findClassAxis.js'
import { partAxes } from './findPartErrors.js'
import { compareLabels, type LabelComparison } from './labels.js'
import type { MeasureRequest } from './Measurement.js'
import { requireSameShape } from './requireSameShape.js'

export interface ComparisonPlan {
  readonly name: string
  readonly reference: Tensor
  readonly candidate: Tensor
  readonly request: MeasureRequest
  /** The dimensions of `request.parts` in the reference's shape. */
  readonly partAxes: readonly number[]
  readonly labels: LabelComparison | null
  readonly topK: number | undefined
  readonly details: boolean
}

/** Checks what `compareTensors` was given. Throws what that says. */
export function planComparison(
  reference: Tensor,
  candidate: Tensor,
  options: CompareOptions = {},
): ComparisonPlan {
  const name = options.name ?? 'output'
  requireSameShape(
    name,
    requireTensor(reference, `${name}: reference`),
    requireTensor(candidate, `${name}: candidate`),
  )
  const labels = compareLabels(reference, candidate)
  const axes = labels ? [] : partAxes(reference.shape)
  return {
    name,
    reference,
    candidate,
    request: {
      classes: labels ? null : findClassAxis(reference, candidate, options.classAxis),
      explainedBy: requireNumber('explainedBy', options.explainedBy, (value) => value >= 0, '0 or more'),
      explainedRms,
      threads: requireNumber('threads', options.threads, isCount, 'a whole number > 0'),
      parts: axes.length > 0 ? axes.map((axis) => reference.shape[axis]!) : undefined,
    },
    partAxes: axes,
    labels,
    topK: requireNumber('topK', options.topK, isCount, 'a whole number > 0'),
    details: options.details ?? false,
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}

function requireNumber(
  name: string,
  value: number | undefined,
  isRight: (value: number) => boolean,
  expected: string,
): number | undefined {
  if (value === undefined || (typeof value === 'number' && isRight(value))) return value
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `${name}: expected ${expected}, received ${describeValue(value)}`,
    { help: `Leave ${name} out, or give ${expected}.` },
  )
}
