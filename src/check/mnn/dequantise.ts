import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import { decodeFloat16 } from '../../tensor/float16.js'
import { words16, words32 } from '../weights/decodeValues.js'
import { quanType } from './collectWeights.js'
import type { PackedWeights } from './MnnTensor.js'
import { slots } from './mnnSlots.js'
import { packedCount } from './packedCount.js'

interface Dequantised {
  readonly values: Float32Array
  /** One for each channel. */
  readonly steps: Float32Array
}

/**
 * The values that compressed weights stand for (ConvolutionCommon::load), or undefined for sparse ones and for
 * those in a file of their own.
 */
export function dequantise({ quan, channels }: PackedWeights): Dequantised | undefined {
  const steps = readSteps(quan)
  const scales = readScales(quan)
  if (!steps || !scales || channels < 1 || steps.length % channels !== 0) return undefined
  const what = 'quantised weights'
  const type = quan.int32(slots.quan.type, 0, what)
  const lowest = quan.int32(slots.quan.aMin, 0, what)
  const old =
    type === quanType.int8 && lowest === 0 && Math.abs(quan.float32(slots.quan.quantScale, 0, what)) < 1e-6
  const isAsymmetric = quan.int32(slots.quan.readType, 0, what) !== 0 || old
  const perChannel = isAsymmetric ? 2 : 1
  if (scales.length !== channels * perChannel) return undefined // in blocks: other scales inside a row
  const clamp = lowest === 0 ? -128 : lowest
  const rowSize = steps.length / channels
  const values = Float32Array.from(steps, (step, index) => {
    const row = Math.floor(index / rowSize)
    if (!isAsymmetric) return step * scales[row]!
    return (step - clamp) * scales[2 * row + 1]! + scales[2 * row]!
  })
  return { values, steps: isAsymmetric ? scales.filter((_, index) => index % 2 === 1) : scales }
}

function readScales(quan: FlatTable): Float32Array | undefined {
  const full = quan.vector(slots.quan.alpha, 4, 'scales')
  if (full) {
    const words = words32(quan.bytesAt(full.offset, full.count * 4))
    return new Float32Array(words.buffer, words.byteOffset, words.length)
  }
  const half = quan.vector(slots.quan.alphaFp16, 2, 'scales')
  return half && decodeFloat16(words16(quan.bytesAt(half.offset, half.count * 2)))
}

function readSteps(quan: FlatTable): Int8Array | undefined {
  const buffer = quan.vector(slots.quan.buffer, 1, 'quantised weights')
  if (!buffer) return undefined
  const bytes = quan.bytesAt(buffer.offset, buffer.count)
  const type = quan.int32(slots.quan.type, 0, 'quantised weights')
  if (type === quanType.int8) return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return type === quanType.indexed ? readIndexed(quan, bytes) : undefined
}

/** Shape, number of samples (0 is 256), the samples, then for each weight the index of its sample, packed. */
function readIndexed(quan: FlatTable, bytes: Uint8Array): Int8Array | undefined {
  const count = packedCount(quan)
  const wide = quan.uint8(slots.quan.shapeInt32, 0, 'quantised weights') !== 0
  const start = 1 + bytes[0]! * (wide ? 4 : 2)
  const size = bytes[start] || 256
  // MNN sorts them before it looks any up.
  const samples = Int8Array.from(bytes.subarray(start + 1, start + 1 + size)).sort()
  const bits = Math.max(1, Math.ceil(Math.log2(size)))
  const indices = bytes.subarray(start + 1 + size)
  if (!(count >= 0) || indices.length * 8 < count * bits) return undefined
  const steps = new Int8Array(count)
  for (let i = 0; i < count; i++) {
    let index = 0
    for (let bit = i * bits; bit < (i + 1) * bits; bit++)
      index = (index << 1) | ((indices[bit >> 3]! >> (7 - (bit & 7))) & 1)
    steps[i] = samples[index] ?? 0
  }
  return steps
}
