import type { NativeFormat } from './NativeFormat.js'
import type { NativeMetrics } from './NativeMetrics.js'
import type { NativeMnn } from './NativeMnn.js'
import type { NativeNcnn } from './NativeNcnn.js'
import type { NativeRunnerStatic } from './NativeRunner.js'

export interface NativeVersions {
  readonly ncnn: string
  readonly mnn: string
  readonly compiler: string
}

/** The addon as JavaScript sees it: what binding/addon.cpp exports. */
export interface NativeAddon {
  readonly versions: NativeVersions
  readonly Runner: NativeRunnerStatic
  readonly ncnn: NativeNcnn
  readonly mnn: NativeMnn
  readonly metrics: NativeMetrics
  readonly format: NativeFormat
  /** The class that the addon throws. */
  setErrorClass(errorClass: new (code: never, message: string, details: object) => Error): void
  /** Waits for the runs that have begun and drops the rest: the thread's last use of the engines. */
  stop(): void
  /** The file of the system's Vulkan loader; '' where neither libvulkan.so nor libvulkan.so.1 is found. */
  vulkanLibrary(): string
  /** Receives what the engines print; `undefined` goes back to silence. */
  setLogger(
    logger: ((engine: 'ncnn' | 'mnn', level: 'info' | 'error', text: string) => void) | undefined,
  ): void
}
