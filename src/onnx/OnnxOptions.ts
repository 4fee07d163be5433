/** The two builds of onnxruntime for Node: native code, and WebAssembly, which runs on every platform. */
export type OnnxRuntimeName = 'node' | 'web'

export interface OnnxOptions {
  /** Of native code; WebAssembly has one. Default: 1, which repeats its results bit for bit. */
  readonly threads?: number
  /** Default: onnxruntime-node, and onnxruntime-web where that is not installed or does not load. */
  readonly runtime?: OnnxRuntimeName
}
