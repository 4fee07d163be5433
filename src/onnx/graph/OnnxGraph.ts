import type { DType, TypedArray } from '../../tensor/DType.js'

/** The main graph of an .onnx, read without running it. Subgraphs (If, Loop) are not descended into. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  /** By name, in file order. */
  readonly initializers: ReadonlyMap<string, OnnxInitializer>
  /** Without the initializers that old files list among them. */
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly irVersion: number
  readonly opsets: Readonly<Record<string, number>>
  readonly producer: string
}

export interface OnnxNode {
  readonly name: string
  readonly opType: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** Null for a subgraph. Integers beyond 2^53 are rounded. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxInitializer | null

export interface OnnxInitializer {
  readonly name: string
  readonly shape: readonly number[]
  /** Null for element types without an array of their own: strings, complex numbers, float8, int4. */
  readonly dtype: DType | null
  /** The file that holds the data, relative to the model's folder; null where it is the model itself. */
  readonly location: string | null
  /**
   * Decoded anew at each call; external data are read from the file beside the model. Throws
   * TWINFER_MODEL_UNSUPPORTED where `dtype` is null, TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED or
   * TWINFER_FILE_NOT_FOUND.
   */
  data(): TypedArray
}

export interface OnnxValue {
  readonly name: string
  /** -1 for a dimension with a name; null where the file states no shape. */
  readonly shape: readonly number[] | null
  readonly dtype: DType | null
}
