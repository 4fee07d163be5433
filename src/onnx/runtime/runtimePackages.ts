import type { OnnxRuntimeName } from '../OnnxOptions.js'

export interface RuntimePackage {
  readonly name: string
  readonly runtime: OnnxRuntimeName
  /** With both loaded, 'cpu' is onnxruntime-node's and 'wasm' is onnxruntime-web's. */
  readonly provider: 'cpu' | 'wasm'
}

/** In the order in which they are tried. */
export const runtimePackages: readonly RuntimePackage[] = [
  { name: 'onnxruntime-node', runtime: 'node', provider: 'cpu' },
  { name: 'onnxruntime-web', runtime: 'web', provider: 'wasm' },
]
