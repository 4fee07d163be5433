/** A tensor as the file stores it. `raw`, `fixed` and `varints` are views of the file's bytes. */
export interface TensorProto {
  name: string
  dims: number[]
  type: number
  raw: Uint8Array | null
  /** float_data and double_data: together they are what `raw` would be. */
  readonly fixed: Uint8Array[]
  /** int32_data, int64_data and uint64_data, still encoded. */
  readonly varints: Uint8Array[]
  /** `location`, `offset` and `length` of data in another file. */
  readonly external: Map<string, string>
  isExternal: boolean
}
