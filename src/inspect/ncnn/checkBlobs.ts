import { nearestName } from '../nearestName.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnParam } from './NcnnParam.js'
import { paramError } from './paramError.js'

/**
 * Every blob has a producer, above its consumers, and they fit the declared count. ncnn takes a blob without
 * producer for an external one and fails at extract() only, so it is refused here.
 */
export function checkBlobs({ layers, blobCount }: NcnnParam, file: string): void {
  const producers = new Map<string, NcnnLayer>()
  for (const layer of layers)
    for (const blob of layer.outputs) if (!producers.has(blob)) producers.set(blob, layer)
  const produced = new Set<string>()
  for (const layer of layers) {
    for (const blob of layer.inputs) if (!produced.has(blob)) throw noProducer(blob, layer, producers, file)
    for (const blob of layer.outputs) produced.add(blob)
  }
  if (produced.size > blobCount) {
    throw paramError(
      { file, line: 2 },
      `line 2 declares ${blobCount} blobs, the layers produce ${produced.size}`,
      'Correct the count, or convert the model again.',
    )
  }
}

function noProducer(blob: string, layer: NcnnLayer, producers: ReadonlyMap<string, NcnnLayer>, file: string) {
  const place = { file, line: layer.line }
  const later = producers.get(blob)
  if (later) {
    return paramError(
      place,
      `layer '${layer.name}' reads blob '${blob}', which '${later.name}' produces only in line ${later.line}`,
      'Layers must come after those whose output they read.',
    )
  }
  const near = nearestName(blob, [...producers.keys()])
  const help = near === undefined ? 'Convert the model again.' : `The nearest blob is '${near}'.`
  return paramError(place, `layer '${layer.name}' reads blob '${blob}', which no layer produces`, help)
}
