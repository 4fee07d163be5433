import { checkBlobs } from './checkBlobs.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnParam } from './NcnnParam.js'
import { paramError, truncatedError } from './paramError.js'
import { parseHeader } from './parseHeader.js'
import { parseLayer } from './parseLayer.js'

/**
 * Parses a text .param. `file` is only for messages. Throws TWINFER_MODEL_INVALID or
 * TWINFER_MODEL_TRUNCATED, each with FILE:LINE.
 */
export function parseParam(text: string, file: string): NcnnParam {
  const lines = text.split(/\r\n|\n|\r/)
  const { layerCount, blobCount } = parseHeader(lines, file)
  const layers: NcnnLayer[] = []
  lines.forEach((line, index) => {
    if (index > 1 && line.trim() !== '') layers.push(parseLayer(line, { file, line: index + 1 }))
  })
  const counted = `line 2 declares ${layerCount} layers, the file holds ${layers.length}`
  if (layers.length < layerCount) throw truncatedError({ file, line: lines.length }, counted)
  if (layers.length > layerCount) {
    const first = layers[layerCount]!
    throw paramError(
      { file, line: first.line },
      counted,
      `ncnn would ignore '${first.name}' and what follows: correct the count.`,
    )
  }
  const param = { layerCount, blobCount, layers }
  checkBlobs(param, file)
  return param
}
