import { nearestName } from '../nearestName.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnParam } from './NcnnParam.js'
import { type ParamError, paramError } from './paramError.js'

/** A distance to every name each time would take minutes where thousands of names are wrong. */
const mostSuggestions = 20

/**
 * Every blob has a producer, above its consumers, and they fit the declared count. ncnn takes a blob without
 * producer for an external one and fails at extract() only, so it is refused here.
 */
export function checkBlobs(
  { layers, blobCount }: NcnnParam,
  file: string,
  report: (problem: ParamError) => void,
): void {
  const producers = new Map<string, NcnnLayer>()
  for (const layer of layers)
    for (const blob of layer.outputs) if (!producers.has(blob)) producers.set(blob, layer)
  const produced = new Set<string>()
  let suggestions = 0
  for (const layer of layers) {
    for (const blob of layer.inputs) {
      if (produced.has(blob)) continue
      const candidates = suggestions++ < mostSuggestions ? [...producers.keys()] : []
      report(noProducer(blob, layer, producers.get(blob), candidates, file))
    }
    for (const blob of layer.outputs) produced.add(blob)
  }
  if (produced.size > blobCount) {
    report(
      paramError(
        { file, line: 2 },
        `line 2 declares ${blobCount} blobs, the layers produce ${produced.size}`,
        'Correct the count, or convert the model again.',
        'blob-count',
      ),
    )
  }
}

function noProducer(
  blob: string,
  layer: NcnnLayer,
  later: NcnnLayer | undefined,
  candidates: readonly string[],
  file: string,
): ParamError {
  const place = { file, line: layer.line }
  if (later) {
    return paramError(
      place,
      `layer '${layer.name}' reads blob '${blob}', which '${later.name}' produces only in line ${later.line}`,
      'Layers must come after those whose output they read.',
      'layer-order',
    )
  }
  const near = nearestName(blob, candidates)
  const help = near === undefined ? 'Convert the model again.' : `The nearest blob is '${near}'.`
  const message = `layer '${layer.name}' reads blob '${blob}', which no layer produces`
  return paramError(place, message, help, 'no-producer')
}
