import type { TypedArray } from '../tensor/TypedArray.js'

/** The part of onnxruntime-node that is used here: it is optional, so its own types may be absent. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(path: string, options: object): Promise<OnnxSession> }
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => OnnxTensor
  readonly env: { readonly versions?: { readonly node?: string; readonly common?: string } }
}

export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Absent before 1.22; dimensions with a name are strings. */
  readonly inputMetadata?: readonly OnnxValueInfo[]
  readonly outputMetadata?: readonly OnnxValueInfo[]
  run(feeds: Record<string, OnnxTensor>, fetches: readonly string[]): Promise<Record<string, OnnxTensor>>
  release(): Promise<void>
}

export interface OnnxValueInfo {
  readonly name: string
  readonly isTensor: boolean
  readonly type?: string
  readonly shape?: readonly (number | string)[]
}

export interface OnnxTensor {
  readonly type: string
  readonly data: TypedArray
  readonly dims: readonly number[]
}
