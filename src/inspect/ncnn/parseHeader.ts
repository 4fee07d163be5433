import { type ParamError, type ParamPlace, paramError, truncatedError } from './paramError.js'

const magic = '7767517'
/** ncnn's own limit. */
const mostOfEither = 1_000_000

export interface ParamHeader {
  readonly layerCount: number
  readonly blobCount: number
  /** How many lines it takes: 1 where the magic number is missing. */
  readonly headerLines: number
}

/** Checks line 1 (the magic number) and reads line 2 (`layers blobs`); unreadable counts are infinite. */
export function parseHeader(
  lines: readonly string[],
  file: string,
  report: (problem: ParamError) => void,
): ParamHeader {
  const headerLines = hasMagic(lines[0] ?? '', { file, line: 1 }, report) ? 2 : 1
  const place: ParamPlace = { file, line: headerLines }
  const text = lines[headerLines - 1] ?? ''
  const counts = text.trim().split(/\s+/)
  const [layerCount, blobCount] = counts.map(Number)
  if (counts.length === 2 && isCount(layerCount) && isCount(blobCount))
    return { layerCount, blobCount, headerLines }
  const found = `expected the layer and blob counts, found '${text.slice(0, 40)}'`
  report(
    counts.length < 2 ? truncatedError(place, found) : paramError(place, found, 'Line 2 holds two numbers.'),
  )
  return { layerCount: Number.NaN, blobCount: Number.NaN, headerLines }
}

function isCount(value: number | undefined): value is number {
  return Number.isInteger(value) && value! > 0 && value! <= mostOfEither
}

/** Whether line 1 is there to hold the magic number, right or wrong. */
function hasMagic(first: string, place: ParamPlace, report: (problem: ParamError) => void): boolean {
  // First, because trim() takes a byte order mark for a blank.
  if (first.startsWith('\uFEFF')) {
    const help = 'Save the file as UTF-8 without BOM: ncnn refuses it.'
    report(
      paramError(place, `a byte order mark stands before the magic number ${magic}`, help, 'byte-order-mark'),
    )
  }
  const word = first.replace(/^\uFEFF/, '').trim()
  if (word === magic) return true
  const old = /^\d+\s+\d+$/.test(word)
  const help = old
    ? 'This is the layout from before the magic number: convert the model again, or put 7767517 on a line before it.'
    : 'Check that the path names an ncnn .param.'
  report(
    paramError(place, `expected the magic number ${magic}, found '${first.slice(0, 40)}'`, help, 'no-magic'),
  )
  return !old
}
