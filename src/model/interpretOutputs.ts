import { TwinferError } from '../errors/TwinferError.js'
import { formatShape } from '../format/numbers.js'
import type { Sidecar, SidecarOutput } from '../preprocess/sidecar/Sidecar.js'
import { labelsContradiction } from '../preprocess/sidecar/verifySidecar.js'
import { float32Values, toLayout } from '../tensor/convertTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import { topValues } from './topValues.js'

/** A class and how sure the model is of it. */
export interface RankedClass {
  readonly index: number
  /** Null where the sidecar has no labels. */
  readonly label: string | null
  /** As the model gave it. */
  readonly score: number
  /** From 0 to 1: the softmax of logits, or the score itself where it is one. */
  readonly probability: number
}

/** A class for each pixel of the input, row by row. */
export interface Mask {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint16Array
  /** Those that occur, the largest share of the pixels first. */
  readonly classes: readonly MaskClass[]
}

export interface MaskClass {
  readonly index: number
  readonly label: string | null
  /** Of the pixels, above 0 and at most 1. */
  readonly share: number
}

/** What one output means. */
export type Interpretation =
  | { readonly meaning: 'logits' | 'probabilities'; readonly top: readonly RankedClass[] }
  | { readonly meaning: 'mask'; readonly mask: Mask }
  | { readonly meaning: 'embedding'; readonly embedding: Float32Array }
  | { readonly meaning: 'boxes' | 'raw' }

/**
 * What outputs mean, by name, as the sidecar says; one that it does not describe is `raw`. The object has no
 * prototype, so that an output may be called `__proto__`.
 *
 * @param count how many classes of `top`.
 * @throws TwinferError TWINFER_SIDECAR_INVALID for labels that are not as many as the classes, and
 * TWINFER_SHAPE_MISMATCH for an output that cannot mean what the sidecar says.
 */
export function interpretOutputs(
  outputs: Readonly<Record<string, Tensor>>,
  { outputs: described }: Sidecar,
  count: number,
): Readonly<Record<string, Interpretation>> {
  const meanings: Record<string, Interpretation> = Object.create(null)
  for (const [name, tensor] of Object.entries(outputs)) {
    const output = Object.hasOwn(described, name) ? described[name] : undefined
    meanings[name] = output === undefined ? { meaning: 'raw' } : interpret(name, tensor, output, count)
  }
  return meanings
}

function interpret(name: string, tensor: Tensor, output: SidecarOutput, count: number): Interpretation {
  const { meaning } = output
  switch (meaning) {
    case 'logits':
    case 'probabilities':
      return { meaning, top: rank(name, tensor, output, count) }
    case 'mask':
      return { meaning, mask: maskOf(name, tensor, output) }
    case 'embedding':
      return { meaning, embedding: Float32Array.from(float32Values(tensor)) }
    case 'boxes':
    case 'raw':
      return { meaning }
  }
}

function rank(name: string, tensor: Tensor, output: SidecarOutput, count: number): readonly RankedClass[] {
  const { shape } = tensor
  if (shape.filter((size) => size !== 1).length > 1) {
    throw mismatch(name, shape, `${output.meaning} of one picture, a single row of scores`)
  }
  const scores = float32Values(tensor)
  requireLabels({ name, shape: [scores.length] }, output)
  const probability = output.meaning === 'logits' ? softmax(scores) : (score: number) => score
  return topValues(scores, count).map(({ index, value }) => ({
    index,
    label: labelOf(output, index),
    score: value,
    probability: probability(value),
  }))
}

/** Of a row of logits: from a score to its probability. */
function softmax(scores: ArrayLike<number>): (score: number) => number {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < scores.length; i++) largest = Math.max(largest, scores[i]!)
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += Math.exp(scores[i]! - largest)
  return (score) => Math.exp(score - largest) / sum
}

/** Scores are [classes, height, width], behind a batch of 1 or without. */
function maskOf(name: string, tensor: Tensor, output: SidecarOutput): Mask {
  const { shape } = toLayout(tensor, 'NCHW')
  const values = float32Values(toLayout(tensor, 'NCHW'))
  const isBatched = shape.length === 4 && shape[0] === 1
  const [planes, height, width] = isBatched ? shape.slice(1) : shape.length === 2 ? [1, ...shape] : shape
  if (
    planes === undefined ||
    height === undefined ||
    width === undefined ||
    shape.length > 4 ||
    (shape.length === 4 && !isBatched)
  ) {
    throw mismatch(name, shape, 'a mask of one picture: scores by class, or one value a pixel')
  }
  if (planes > 1) requireLabels({ name, shape: [planes, height, width] }, output)
  const size = width * height
  const classOf = planes > 1 ? largestOf(values, planes, size) : classAt(name, values, output)
  const isNumbered = planes === 1 && output.threshold === undefined
  const data = planes > 256 || isNumbered ? new Uint16Array(size) : new Uint8Array(size)
  const counts = new Map<number, number>()
  for (let i = 0; i < size; i++) {
    const index = classOf(i)
    data[i] = index
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  const classes = [...counts].map(([index, pixels]) => ({
    index,
    label: labelOf(output, index),
    share: pixels / size,
  }))
  return { width, height, data, classes: classes.sort((a, b) => b.share - a.share || a.index - b.index) }
}

/** The first of the largest scores, pixel by pixel. */
function largestOf(values: ArrayLike<number>, planes: number, size: number): (pixel: number) => number {
  return (pixel) => {
    let best = 0
    for (let plane = 1; plane < planes; plane++) {
      if (values[plane * size + pixel]! > values[best * size + pixel]!) best = plane
    }
    return best
  }
}

/** One value a pixel: a score where there is a threshold, else the number of a class. */
function classAt(
  name: string,
  values: ArrayLike<number>,
  { threshold }: SidecarOutput,
): (pixel: number) => number {
  if (threshold !== undefined) return (pixel) => (values[pixel]! > threshold ? 1 : 0)
  return (pixel) => {
    const value = values[pixel]!
    if (Number.isInteger(value) && value >= 0 && value < 65_536) return value
    throw new TwinferError(
      'TWINFER_SIDECAR_INCOMPLETE',
      `the output '${name}' has one score a pixel (${value} at ${pixel}): from which on it is class 1 is left open`,
      { help: 'Give --threshold to `twinfer meta init`: 0.5 for probabilities, 0 for logits.' },
    )
  }
}

function labelOf({ labels }: SidecarOutput, index: number): string | null {
  return typeof labels === 'object' ? (labels[index] ?? null) : null
}

function requireLabels(
  output: { readonly name: string; readonly shape: readonly number[] },
  described: SidecarOutput,
): void {
  const found = labelsContradiction(output, described)
  if (found === undefined) return
  throw new TwinferError('TWINFER_SIDECAR_INVALID', found, {
    help: 'A background class that only one of the two has is the usual reason.',
  })
}

function mismatch(name: string, shape: readonly number[], expected: string): TwinferError {
  return new TwinferError(
    'TWINFER_SHAPE_MISMATCH',
    `output '${name}': expected ${expected}, received shape ${formatShape(shape)}`,
    { help: 'The sidecar says what an output means: `twinfer meta show`.' },
  )
}
