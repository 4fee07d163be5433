import type { ParamValue } from './ParamValue.js'
import { type ParamPlace, paramError } from './paramError.js'
import { parseValue } from './parseValue.js'
import { splitValues } from './splitValues.js'

/** ncnn writes array number N of the old syntax as key -23300 - N (paramdict.cpp). */
const oldArrayBase = -23300
const mostKeys = 32

/** The parameters at the end of a layer's line, by their key. A repeated key: the last one counts, as in ncnn. */
export function parseParams(text: string, place: ParamPlace): ReadonlyMap<number, ParamValue> {
  const params = new Map<number, ParamValue>()
  for (const [written, value] of splitValues(text, place)) {
    const oldArray = written <= oldArrayBase
    const key = oldArray ? oldArrayBase - written : written
    if (key < 0 || key >= mostKeys) {
      throw paramError(
        place,
        `parameter key ${written} is out of range: expected 0 to ${mostKeys - 1}`,
        'Correct the line.',
      )
    }
    params.set(key, parseValue(value, oldArray, place))
  }
  return params
}
