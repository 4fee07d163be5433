import { arch, cpus, platform, totalmem } from 'node:os'
import { cpuFlags, hostLibc, type Libc } from '../../native/load/host.js'
import type { NativeVersions } from '../../native/NativeAddon.js'
import type { NativeCpu } from '../../native/NativeNcnn.js'
import type { NativeGpu } from '../../native/NativeRunner.js'

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

export function describeHost(): HostFindings {
  return {
    platform: platform(),
    arch: arch(),
    libc: hostLibc(),
    node: process.version,
    napi: process.versions.napi ?? '',
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    cpuFlags: cpuFlags(),
    logicalCpus: cpus().length,
    memoryBytes: totalmem(),
  }
}
