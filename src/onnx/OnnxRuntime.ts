import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { Precision } from '../model/options.js'
import { requireRunSettings } from '../model/runnerOptions.js'
import type { TypedArray } from '../tensor/DType.js'

/** The part of onnxruntime's JavaScript API that is used here: it is optional, so its own types may be absent. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: string | Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession>
  }
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => OnnxTensor
  readonly env: { readonly wasm: { numThreads?: number } }
}

export interface OnnxSessionOptions {
  readonly executionProviders: readonly ('cpu' | 'wasm')[]
  readonly graphOptimizationLevel: 'disabled' | 'all'
  readonly intraOpNumThreads: number
  /** 4 is fatal only: failures are thrown, and nothing is printed unasked. */
  readonly logSeverityLevel: 4
  readonly freeDimensionOverrides?: Readonly<Record<string, number>>
  /** Contents of the files that the model's tensors name. */
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[]
}

export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly inputMetadata: readonly OnnxValueInfo[]
  readonly outputMetadata: readonly OnnxValueInfo[]
  run(feeds: Readonly<Record<string, OnnxTensor>>, fetches: readonly string[]): Promise<OnnxResults>
  release(): Promise<void>
}

export type OnnxResults = Readonly<Record<string, OnnxTensor>>

export interface OnnxValueInfo {
  readonly name: string
  readonly isTensor: boolean
  readonly type?: string | null
  /** Dimensions with a name are strings; [] also where the rank is unknown. */
  readonly shape?: readonly (number | string)[] | null
}

export interface OnnxTensor {
  readonly type: string
  readonly data: TypedArray
  readonly dims: readonly number[]
}

/** The two builds of onnxruntime for Node: native code, and WebAssembly, which runs on every platform. */
export type OnnxRuntimeName = 'node' | 'web'

export function isOnnxRuntime(value: unknown): value is OnnxRuntimeName {
  return value === 'node' || value === 'web'
}

export interface OnnxOptions {
  /** Of native code; WebAssembly has one. Default: 1, which repeats its results bit for bit. */
  readonly threads?: number
  /** Default: onnxruntime-node, and onnxruntime-web where that is not installed or does not load. */
  readonly runtime?: OnnxRuntimeName
  /** Lets it fuse and rewrite the graph, as applications do, which moves results by the last bits. Default: false. */
  readonly optimised?: boolean
  /** What was asked for of all models: it changes nothing here, and `effective.notes` says so where that is no fp32. */
  readonly precision?: Precision
}

const onnxOptionNames: OptionNames<OnnxOptions> = {
  threads: true,
  runtime: true,
  optimised: true,
  precision: true,
}

/** Throws TWINFER_INVALID_OPTION. */
export function requireOnnxOptions(options: OnnxOptions): void {
  requireOptions(options, onnxOptionNames)
  requireRunSettings(options)
  const { runtime = 'node' } = options
  if (!isOnnxRuntime(runtime))
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `expected runtime 'node' or 'web', received ${JSON.stringify(runtime)}`,
    )
}
