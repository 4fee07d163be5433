import type { OnnxRuntime } from '../OnnxRuntime.js'
import type { RuntimePackage } from './runtimePackages.js'

export interface LoadedRuntime {
  readonly package: RuntimePackage
  readonly runtime: OnnxRuntime
  readonly version: string
  /** Why it is not the runtime that one would expect. */
  readonly notes: readonly string[]
}
