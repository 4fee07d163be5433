import type { DType } from './DType.js'

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>

/** The array class that carries an element type. Its BYTES_PER_ELEMENT is the type's size in bytes. */
export function arrayForDType<D extends DType>(dtype: D): (typeof arrays)[D] {
  return arrays[dtype]
}

/** Whether a string names an element type of this package. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(arrays, name)
}
