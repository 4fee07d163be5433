import type { NcnnLayer } from './NcnnLayer.js'
import { type ParamPlace, paramError, truncatedError } from './paramError.js'
import { parseParams } from './parseParams.js'

/** ncnn's own limit for the two counts of a line. */
const mostBlobs = 1_000_000

/** One layer: `Type name inputCount outputCount inputs… outputs… key=value…`. */
export function parseLayer(text: string, place: ParamPlace): NcnnLayer {
  const words = text.trim().split(/\s+/)
  const [type = '', name, inputText, outputText] = words
  if (name === undefined) throw truncatedError(place, `layer '${type}' has no name`)
  if (inputText === undefined || outputText === undefined) {
    throw truncatedError(place, `layer '${name}' does not say how many inputs and outputs it has`)
  }
  const inputCount = countOf(inputText, name, 'inputs', place)
  const outputCount = countOf(outputText, name, 'outputs', place)
  const blobs = words.slice(4, 4 + inputCount + outputCount)
  if (blobs.length < inputCount + outputCount || blobs.some((blob) => /^[-+]?\d+=/.test(blob))) {
    const named = blobs.filter((blob) => !/^[-+]?\d+=/.test(blob)).length
    throw truncatedError(
      place,
      `layer '${name}' declares ${inputCount} inputs and ${outputCount} outputs but names ${named} blobs`,
    )
  }
  return {
    type,
    name,
    inputs: blobs.slice(0, inputCount),
    outputs: blobs.slice(inputCount),
    params: parseParams(afterWords(text, 4 + blobs.length), place),
    line: place.line,
  }
}

function countOf(text: string, layer: string, what: string, place: ParamPlace): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count > mostBlobs) {
    throw paramError(
      place,
      `layer '${layer}': expected the number of ${what}, found '${text}'`,
      'A layer starts with Type name inputs outputs.',
    )
  }
  return count
}

/** The text behind the first `count` words: a split and join would lose the blanks in quoted strings. */
function afterWords(text: string, count: number): string {
  const word = /\s*\S+/y
  for (let i = 0; i < count; i++) word.exec(text)
  return text.slice(word.lastIndex)
}
