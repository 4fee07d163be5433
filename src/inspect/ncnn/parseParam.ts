import { checkBlobs } from './checkBlobs.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnParam } from './NcnnParam.js'
import { ParamError, type ParamPlace, truncatedError } from './paramError.js'
import { parseHeader } from './parseHeader.js'
import { parseLayer } from './parseLayer.js'

/**
 * Parses a text .param. `file` is only for messages. Throws TWINFER_MODEL_INVALID or
 * TWINFER_MODEL_TRUNCATED, each with FILE:LINE.
 */
export function parseParam(text: string, file: string): NcnnParam {
  return scanParam(text, file, (problem) => {
    throw problem
  })
}

/** Parses what can be read of a .param, and reports every problem instead of stopping at the first. */
export function scanParam(text: string, file: string, report: (problem: ParamError) => void): NcnnParam {
  const lines = text.split(/\r\n|\n|\r/)
  const { layerCount, blobCount, headerLines } = parseHeader(lines, file, report)
  const layers: NcnnLayer[] = []
  const ignoredLines: number[] = []
  let read = 0
  lines.forEach((line, index) => {
    if (index < headerLines || line.trim() === '') return
    if (read++ >= layerCount) {
      ignoredLines.push(index + 1)
      return
    }
    const layer = readLayer(line, { file, line: index + 1 }, report)
    if (layer) layers.push(layer)
  })
  const param = { layerCount, blobCount, layers, ignoredLines }
  checkLayerCount(param, { file, line: lines.length }, report)
  checkBlobs(param, file, report)
  return param
}

function readLayer(line: string, place: ParamPlace, report: (problem: ParamError) => void) {
  try {
    return parseLayer(line, place)
  } catch (error) {
    if (!(error instanceof ParamError)) throw error
    report(error)
    return undefined
  }
}

function checkLayerCount(
  { layerCount, layers }: NcnnParam,
  end: ParamPlace,
  report: (problem: ParamError) => void,
): void {
  const counted = `line 2 declares ${layerCount} layers, the file holds ${layers.length}`
  if (layers.length < layerCount) report(truncatedError(end, counted, 'layer-count'))
}
