import type { NativeFormat } from './NativeFormat.js'
import { nativeIfLoadable } from './native.js'
import { formatOfWasm } from './wasm/formatOfWasm.js'

/** cpp/format of the addon, or as WebAssembly where no addon loads. */
export function formatReader(): NativeFormat {
  return nativeIfLoadable()?.format ?? formatOfWasm
}
