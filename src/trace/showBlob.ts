import { passingOn } from '../errors/answering.js'
import { float32Values } from '../tensor/float32Values.js'
import { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import { blobStatistics } from './blobStatistics.js'
import type { VisitLayer } from './LayerTracer.js'
import type { BlobStatistics, TracedLayer } from './TracedLayer.js'

interface HostBlob {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: Tensor['dtype']
  readonly layout: Tensor['layout']
}

/**
 * Shows one blob, as fp32. Its statistics cost a pass over the data, and its time several runs of the network,
 * which are made when they are asked for.
 */
export function showBlob(
  visit: VisitLayer,
  layer: Omit<TracedLayer, 'shape' | 'statistics' | 'ms'>,
  { data, shape, dtype, layout }: HostBlob,
  ms: () => number | null = () => null,
): void {
  const read = float32Values(new Tensor(data, shape, { dtype, layout }))
  const values = read instanceof Float32Array ? read : Float32Array.from(read)
  let statistics: BlobStatistics | undefined
  const traced: TracedLayer = {
    ...layer,
    shape,
    get ms() {
      return ms()
    },
    get statistics() {
      statistics ??= blobStatistics(values)
      return statistics
    },
  }
  passingOn(visit)(traced, new Tensor(values, shape, { layout }))
}
