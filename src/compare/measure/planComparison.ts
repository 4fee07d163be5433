import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { requireTensor } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { findClassAxis } from './findClassAxis.js'
import { partAxes } from './findPartErrors.js'
import { compareLabels, type LabelComparison } from './labels.js'
import type { MeasureRequest } from './Measurement.js'

export interface CompareOptions {
  /** The output's name in the result. Default: 'output'. */
  readonly name?: string | undefined
  /** Also measures how many of the k best classes agree. Default: not measured. */
  readonly topK?: number | undefined
  /**
   * The reference's dimension that holds class scores, negative from the end. Default: the last of [n] and
   * [N, n], the channels of [N, C, H, W], where there is more than one. Null: there is none.
   */
  readonly classAxis?: number | null | undefined
  /**
   * The largest |error| that precision and noise explain; see `explainedFlips`. Default: 4 times the root mean
   * square error of the whole output.
   */
  readonly explainedBy?: number | undefined
  /**
   * Also measures what tells causes apart: `sortedSqnrDb`, `channelFit` and the grids' `int8`. Takes several
   * times as long. Default: false.
   */
  readonly details?: boolean | undefined
  /** How many threads may measure a large output. Default: as many as the machine has. Never changes the result. */
  readonly threads?: number | undefined
}

const optionNames: OptionNames<CompareOptions> = {
  name: true,
  topK: true,
  classAxis: true,
  explainedBy: true,
  details: true,
  threads: true,
}

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
  requireOptions(options, optionNames)
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

/**
 * Checks that two outputs have one shape, save for dimensions of 1: ncnn has no batch axis, so what is [1, 10]
 * elsewhere is [10] there, and [10, 1, 1] where a convolution did it; older converters write [1, 10, 1, 1]. Dropping
 * those never moves an element, which nothing else is sure of. Layouts are not compared, as a .npy file records none.
 * Throws TWINFER_SHAPE_MISMATCH.
 */
function requireSameShape(name: string, reference: Tensor, candidate: Tensor): void {
  const [wanted, received] = [reference.shape, candidate.shape]
  if (withoutOnes(wanted).join() === withoutOnes(received).join()) return
  const message = `${name}: expected shape [${wanted.join(', ')}], received [${received.join(', ')}]`
  throw new TwinferError('TWINFER_SHAPE_MISMATCH', message, { help: helpFor(reference, candidate) })
}

/** The dimensions that place elements. */
function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.filter((size) => size !== 1)
}

function helpFor(reference: Tensor, candidate: Tensor): string {
  const elements = elementsOf(reference.shape)
  if (elements !== elementsOf(candidate.shape)) {
    return 'Check that both models were given the same input, and that these are the same output of both.'
  }
  const layouts =
    reference.layout === candidate.layout
      ? 'Transpose'
      : `The reference is ${reference.layout}, the candidate ${candidate.layout}: transpose`
  return (
    `Both have ${elements} elements, but a transposed output with an equal count is not compared flat. ` +
    `${layouts} or reshape one of them first.`
  )
}

/**
 * Up to how many times the root mean square error of an output an error is taken to be noise, when argmax flips
 * are judged. Of normally distributed errors 1 in 16 000 is beyond four times; one hot class whose error is far
 * above all others' is not explained by itself.
 */
const explainedRms = 4
