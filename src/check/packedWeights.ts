import type { MnnNet, MnnPacked, MnnSpan } from '../file/MnnReport.js'
import type { EngineWeight } from './against/Comparand.js'
import { decodeValues } from './weights/decodeValues.js'
import { bytesPerValue, type ValueFormat } from './weights/StoredTensor.js'
import { bytesAt, type WeightBytes } from './weights/WeightFile.js'

/** The compressed weights of a model for the comparison with the source, those that can be unpacked. */
export async function packedWeights(
  { packed, operators }: MnnNet,
  model: WeightBytes,
): Promise<readonly EngineWeight[]> {
  const found: EngineWeight[] = []
  for (const weights of packed) {
    const { name, type, subgraph } = operators[weights.operator]!
    const unpacked = subgraph === null && (await unpack(weights, model))
    if (!unpacked) continue
    const { values, steps } = unpacked
    const { offset, channels } = weights
    const [layer, layerType, count] = [name, type, values.length]
    found.push({
      layer,
      layerType,
      offset,
      channels,
      count,
      format: 'int8',
      steps,
      values: async () => values,
    })
  }
  return found
}

interface Unpacked {
  readonly values: Float32Array
  /** One for each channel. */
  readonly steps: Float32Array
}

/** The values that compressed weights stand for (ConvolutionCommon::load), or undefined for those that only MNN can read. */
async function unpack(packed: MnnPacked, model: WeightBytes): Promise<Unpacked | undefined> {
  const { channels, asymmetric, lowest } = packed
  const steps = await readSteps(packed, model)
  if (!steps || !packed.scales || channels < 1 || steps.length % channels !== 0) return undefined
  const scales = await read(packed.scales, packed.scaleFormat, model)
  if (scales.length !== channels * (asymmetric ? 2 : 1)) return undefined // in blocks: other scales inside a row
  const rowSize = steps.length / channels
  const clamp = lowest === 0 ? -128 : lowest
  const values = steps.map((step, index) => {
    const row = Math.floor(index / rowSize)
    if (!asymmetric) return step * scales[row]!
    return (step - clamp) * scales[2 * row + 1]! + scales[2 * row]!
  })
  return { values, steps: asymmetric ? scales.filter((_, index) => index % 2 === 1) : scales }
}

async function readSteps(
  { plain, indices, indexBits, samples }: MnnPacked,
  model: WeightBytes,
): Promise<Float32Array | undefined> {
  if (plain) return read(plain, 'int8', model)
  if (!indices || !samples) return undefined
  const sorted = (await read(samples, 'int8', model)).sort()
  const bytes = await bytesAt(model, indices.offset, Math.ceil((indices.count * indexBits) / 8))
  const steps = new Float32Array(indices.count)
  for (let i = 0; i < indices.count; i++) {
    let index = 0
    for (let bit = i * indexBits; bit < (i + 1) * indexBits; bit++)
      index = (index << 1) | ((bytes[bit >> 3]! >> (7 - (bit & 7))) & 1)
    steps[i] = sorted[index] ?? 0
  }
  return steps
}

async function read(
  { offset, count }: MnnSpan,
  format: ValueFormat,
  model: WeightBytes,
): Promise<Float32Array> {
  return decodeValues(await bytesAt(model, offset, count * bytesPerValue[format]), format)
}
