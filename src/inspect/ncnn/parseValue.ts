import type { ParamValue } from './ParamValue.js'
import { type ParamPlace, paramError, truncatedError } from './paramError.js'

/** ncnn reads a number as float when it has one of these, and an int parameter ignores a float silently. */
const floatMark = /[.eE]/
const numeric = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/

/** One value: int, float, string, array `1,2,3` (`1,` is an array of one), or the old `-233XX=count,…`. */
export function parseValue(text: string, oldArray: boolean, place: ParamPlace): ParamValue {
  if (oldArray) return parseOldArray(text, place)
  if (text.startsWith('"')) return { kind: 'string', value: text.slice(1, -1) }
  if (/^[A-Za-z]/.test(text)) return { kind: 'string', value: text }
  if (text.includes(',')) return arrayOf(text.replace(/,$/, '').split(','), place)
  const value = numberOf(text, place)
  return floatMark.test(text) ? { kind: 'float', value } : { kind: 'int', value }
}

function parseOldArray(text: string, place: ParamPlace): ParamValue {
  const [count = '', ...elements] = text.split(',').map((part) => part.trim())
  const declared = numberOf(count, place)
  if (elements.length < declared) {
    throw truncatedError(place, `an array of ${declared} elements holds ${elements.length}`)
  }
  if (elements.length > declared) {
    throw paramError(place, `an array of ${declared} elements holds ${elements.length}`, 'Correct the count.')
  }
  return arrayOf(elements, place)
}

/** ncnn gives an array the type of its last element. */
function arrayOf(elements: readonly string[], place: ParamPlace): ParamValue {
  const value = elements.map((element) => numberOf(element.trim(), place))
  return floatMark.test(elements.at(-1) ?? '') ? { kind: 'floats', value } : { kind: 'ints', value }
}

function numberOf(text: string, place: ParamPlace): number {
  if (!numeric.test(text)) {
    throw paramError(
      place,
      `expected a number, found '${text}'`,
      'Convert the model again, or correct the line.',
    )
  }
  return Number(text)
}
