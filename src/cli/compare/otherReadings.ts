import type { InputShapes } from '../parse/parseInputShape.js'
import type { ComparedCandidate } from './Comparison.js'
import type { Reference } from './obtainReference.js'

/** How the ncnn engine notes that an array could be read in two ranks: `input 'x': read as [1, 8, 8] …`. */
const twoReadings = /^input '(.+)': read as/

/**
 * The shapes that inputs of a failed run may be meant to have instead: whether a leading 1 is a batch or a channel,
 * only the numbers tell. What the caller declared is not asked again.
 */
export function otherReadings(
  { effective, inputs }: ComparedCandidate,
  reference: Reference,
  declared: InputShapes = {},
): readonly InputShapes[] {
  const names = effective.notes.flatMap((note) => twoReadings.exec(note)?.[1] ?? [])
  const open = [...new Set(names)].filter((name) => !Object.hasOwn(declared, name))
  const readings = open.map((name) => ({ name, shape: givenShape(name, inputs, reference) }))
  const whole = readings.map(({ name, shape }) => [name, shape] as const)
  const reduced = readings.map(({ name, shape }) => [name, shape[0] === 1 ? shape.slice(1) : shape] as const)
  return readings.length === 0 ? [] : [Object.fromEntries(reduced), Object.fromEntries(whole)]
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
