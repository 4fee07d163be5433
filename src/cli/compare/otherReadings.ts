import { haveOtherNumbers } from '../../compare/pairInputs.js'
import type { InputShapes } from '../parse/parseInputShape.js'
import type { ComparedCandidate } from './Comparison.js'
import type { Reference } from './obtainReference.js'

/** How the inputs of a run may have been meant instead. */
export interface InputReading {
  readonly shapes?: InputShapes
  /** in0, in1, … are pnnx's numbers and not names, though the original has inputs of these names. */
  readonly numbersFirst?: boolean
}

/** How the ncnn engine notes that an array could be read in two ranks: `input 'x': read as [1, 8, 8] …`. */
const twoReadings = /^input '(.+)': read as/
/** Each one is a run. */
const mostReadings = 16

/**
 * What inputs of a failed run may be meant to be instead: whether the first axis is a batch, and whether a number is a
 * name, only the results tell. What the caller declared is not asked again.
 */
export function otherReadings(
  { effective, inputs }: ComparedCandidate,
  reference: Reference,
  declared: InputShapes = {},
): readonly InputReading[] {
  const names = effective.notes.flatMap((note) => twoReadings.exec(note)?.[1] ?? [])
  const open = [...new Set(names)].filter((name) => !Object.hasOwn(declared, name))
  const shapes = otherShapes(open.map((name) => [name, givenShape(name, inputs, reference)]))
  const isOtherwise = mayBeNumbers(reference)
  const readings: InputReading[] = shapes.map((each) => ({ shapes: each }))
  return [
    ...readings,
    ...(isOtherwise
      ? [{ numbersFirst: true }, ...readings.map((each) => ({ ...each, numbersFirst: true }))]
      : []),
  ].slice(0, mostReadings)
}

/** Said of one that passes. */
export function noteOf({ shapes, numbersFirst }: InputReading): string {
  const said = Object.entries(shapes ?? {}).map(([name, shape]) => `--input-shape ${name}=${shape.join(',')}`)
  const numbers = numbersFirst ? ["inputs paired by pnnx's numbers"] : []
  const other = numbersFirst ? 'as they are named' : 'in the other rank'
  return `this passes with ${[...numbers, ...said].join(' and ')}, and fails ${other}`
}

/** Items of a batch, or whole: all inputs at once, then one by one, as what all of them share is no batch. */
function otherShapes(
  given: readonly (readonly [name: string, shape: readonly number[]])[],
): readonly InputShapes[] {
  const item = given.map(([name, shape]) => [name, shape.slice(1)] as const)
  const withoutOne = given.map(([name, shape]) => [name, shape[0] === 1 ? shape.slice(1) : shape] as const)
  const tried = [item, withoutOne, given, ...[...item, ...given].map((one) => [one])].filter((entries) =>
    entries.every(([, shape]) => shape.length > 0),
  )
  const byText = new Map(tried.map((entries) => [JSON.stringify(entries), Object.fromEntries(entries)]))
  return given.length === 0 ? [] : [...byText.values()]
}

/** Only the original's own names can be mistaken. */
export function mayBeNumbers({ summary, modelInputs }: Reference): boolean {
  return summary.engine === 'onnx' && haveOtherNumbers(modelInputs)
}

function givenShape(
  name: string,
  inputs: ComparedCandidate['inputs'],
  reference: Reference,
): readonly number[] {
  const partner = inputs.find(({ candidate }) => candidate === name)?.reference
  const given = reference.inputs.find((input) => (input.name ?? `-i ${input.file}`) === partner)
  return given?.tensor.shape ?? []
}
