import { type ParamPlace, paramError, truncatedError } from './paramError.js'

const magic = '7767517'
/** ncnn's own limit. */
const mostOfEither = 1_000_000

/** Checks line 1 (the magic number) and reads line 2 (`layers blobs`). */
export function parseHeader(
  lines: readonly string[],
  file: string,
): { layerCount: number; blobCount: number } {
  requireMagic(lines[0] ?? '', { file, line: 1 })
  const place: ParamPlace = { file, line: 2 }
  const counts = (lines[1] ?? '').trim().split(/\s+/)
  if (counts.length < 2)
    throw truncatedError(place, `expected the layer and blob counts, found '${lines[1] ?? ''}'`)
  const [layerCount, blobCount] = counts.map(Number)
  if (counts.length > 2 || !isCount(layerCount) || !isCount(blobCount)) {
    throw paramError(
      place,
      `expected the layer and blob counts, found '${(lines[1] ?? '').slice(0, 40)}'`,
      'Line 2 holds two numbers.',
    )
  }
  return { layerCount, blobCount }
}

function isCount(value: number | undefined): value is number {
  return Number.isInteger(value) && value! > 0 && value! <= mostOfEither
}

function requireMagic(first: string, place: ParamPlace): void {
  // First, because trim() takes a byte order mark for a blank.
  if (first.startsWith('\uFEFF')) {
    throw paramError(
      place,
      `a byte order mark stands before the magic number ${magic}`,
      'Save the file as UTF-8 without BOM: ncnn refuses it.',
    )
  }
  if (first.trim() === magic) return
  const old = /^\s*\d+\s+\d+\s*$/.test(first)
  const help = old
    ? 'This is the layout from before the magic number: convert the model again, or put 7767517 on a line before it.'
    : 'Check that the path names an ncnn .param.'
  throw paramError(place, `expected the magic number ${magic}, found '${first.slice(0, 40)}'`, help)
}
