import { passingOn } from '../errors/answering.js'
import { float32Values } from '../tensor/convertTensor.js'
import type { TypedArray } from '../tensor/DType.js'
import { Tensor } from '../tensor/Tensor.js'
import type { BlobStatistics, TracedLayer, VisitLayer } from './LayerTracer.js'

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

/** The largest finite fp16 number, and a tenth of it: a sum of ten such values overflows. */
const fp16Max = 65504
const fp16Risk = 6550

/** One pass, sums in doubles; deviations are taken from the first finite value, so that a large mean is no loss. */
export function blobStatistics(data: Exclude<TypedArray, BigInt64Array | BigUint64Array>): BlobStatistics {
  let min = Infinity
  let max = -Infinity
  let nan = 0
  let inf = 0
  let finite = 0
  let pivot = 0
  let sum = 0
  let squares = 0
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (value - value !== 0) {
      if (Number.isNaN(value)) nan++
      else inf++
      continue
    }
    if (finite++ === 0) pivot = value
    if (value < min) min = value
    if (value > max) max = value
    const deviation = value - pivot
    sum += deviation
    squares += deviation * deviation
  }
  if (finite === 0)
    return { min: null, max: null, mean: null, std: null, maxAbs: 0, nan, inf, fp16: riskOf(0, inf) }
  const mean = sum / finite
  const maxAbs = Math.max(Math.abs(min), Math.abs(max))
  const std = Math.sqrt(Math.max(0, squares / finite - mean * mean))
  return { min, max, mean: pivot + mean, std, maxAbs, nan, inf, fp16: riskOf(maxAbs, inf) }
}

function riskOf(maxAbs: number, inf: number): BlobStatistics['fp16'] {
  if (inf > 0 || maxAbs > fp16Max) return 'overflow'
  return maxAbs > fp16Risk ? 'risk' : 'fits'
}
