import type { NativeCpu, NativeGpu, NativeVersions } from '../../native.js'

export interface Problem {
  readonly message: string
  readonly help: string
}

/** What the probe learned from the addon, as far as it came before something went wrong. */
export interface ProbeFindings {
  readonly versions?: NativeVersions
  readonly cpu?: NativeCpu
  readonly gpus?: readonly NativeGpu[]
  readonly problems: readonly Problem[]
}

/** The machine and the runtime, known without the addon. */
export interface HostFindings {
  readonly platform: string
  readonly arch: string
  readonly libc: { readonly name: 'glibc' | 'musl'; readonly version: string } | null
  readonly node: string
  readonly napi: string
  readonly cpuModel: string
  readonly logicalCpus: number
  readonly memoryBytes: number
}
