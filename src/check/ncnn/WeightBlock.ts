import type { WeightRole } from '../weights/StoredTensor.js'

/** One block of numbers that a layer loads from the .bin (modelbin.cpp). */
export interface WeightBlock {
  /** `tagged`: a word says how they are stored. `raw`: float32. `bytes`: packed, padded to 4. */
  readonly kind: 'tagged' | 'raw' | 'bytes'
  /** Numbers, or bytes where the kind says so. */
  readonly count: number
  readonly role: WeightRole
  /** Output channels: `count` is a multiple of it. */
  readonly channels: number
  /** Without int8 scales a layer would read int8 weights as floats, past their end. */
  readonly mayBeInt8: boolean
  /** Of one value, where the kind is `bytes`. */
  readonly bits?: 4 | 6 | 8
}

export function tagged(count: number, channels = 1, mayBeInt8 = false): WeightBlock {
  return { kind: 'tagged', count: atLeast0(count), role: 'weight', channels, mayBeInt8 }
}

export function raw(count: number, role: WeightRole): WeightBlock {
  return { kind: 'raw', count: atLeast0(count), role, channels: 1, mayBeInt8: false }
}

export function bytes(count: number, bits: 4 | 6 | 8): WeightBlock {
  return { kind: 'bytes', count: atLeast0(count), role: 'weight', channels: 1, mayBeInt8: false, bits }
}

/** ncnn reads nothing for a negative size; what is wrong with it, the rules of the layer say. */
function atLeast0(count: number): number {
  return Number.isFinite(count) && count > 0 ? count : 0
}
