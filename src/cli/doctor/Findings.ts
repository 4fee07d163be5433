import type { Libc } from '../../native/load/hostLibc.js'
import type { NativeCpu, NativeGpu, NativeVersions } from '../../native.js'

export interface Problem {
  readonly message: string
  readonly help: string
}

/** What the probe learned from the addon, as far as it came before something went wrong. */
export interface ProbeFindings {
  /** The file that was loaded, or tried. */
  readonly path?: string
  readonly versions?: NativeVersions
  readonly cpu?: NativeCpu
  /** Of the Vulkan loader; '' where there is none. */
  readonly vulkanLibrary?: string
  readonly gpus?: { readonly [engine in 'ncnn' | 'mnn']?: readonly NativeGpu[] }
  readonly problems: readonly Problem[]
}

/** The machine and the runtime, known without the addon. */
export interface HostFindings {
  readonly platform: string
  readonly arch: string
  readonly libc: Libc | null
  readonly node: string
  readonly napi: string
  readonly cpuModel: string
  /** As the system tells them; the addon's own, more exact list is `cpu`. */
  readonly cpuFlags: readonly string[]
  readonly logicalCpus: number
  readonly memoryBytes: number
}
