interface NpyOptions {
  readonly version?: 1 | 2 | 3
  /** Written into the length field in place of the header's own length. */
  readonly length?: number
}

/** A .npy file put together by hand, so that reader and writer are not tested against each other only. */
export function npyBytes(
  header: string,
  data: Uint8Array,
  { version = 1, length }: NpyOptions = {},
): Uint8Array {
  const text = Buffer.from(`${header}\n`, version === 3 ? 'utf8' : 'latin1')
  const field = Buffer.alloc(version === 1 ? 2 : 4)
  field.writeUIntLE(length ?? text.length, 0, field.length)
  return new Uint8Array(
    Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'), field, text, data]),
  )
}

/** The header dict of a plain array. `shape` is the tuple as Python prints it. */
export function npyDict(descr: string, shape: string, fortran = false): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
