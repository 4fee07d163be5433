/**
 * The one typed description of the addon (binding/), and the one place that loads it.
 * Nothing else in src/ touches the binary.
 */
import { TwinferError } from './errors/TwinferError.js'
import { loadAddon } from './native/loadAddon.js'
import type { NativeMetrics } from './native/NativeMetrics.js'
import type { NativeMnn } from './native/NativeMnn.js'
import type { NativeNcnn } from './native/NativeNcnn.js'
import type { NativeRunnerStatic } from './native/NativeRunner.js'

export type * from './native/NativeGpu.js'
export type * from './native/NativeMetrics.js'
export type * from './native/NativeMnn.js'
export type * from './native/NativeNcnn.js'
export type * from './native/NativeRunner.js'

export interface NativeVersions {
  readonly ncnn: string
  readonly mnn: string
  readonly compiler: string
}

export interface NativeAddon {
  readonly versions: NativeVersions
  readonly Runner: NativeRunnerStatic
  readonly ncnn: NativeNcnn
  readonly mnn: NativeMnn
  readonly metrics: NativeMetrics
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

let addon: NativeAddon | undefined
let cannotLoad = false

/** Loads the addon on first use: `inspect` and everything else that reads files works without it. */
export function native(): NativeAddon {
  addon ??= loadAndStopAtExit()
  return addon
}

/** For what can do without it: undefined on a platform that the addon was not built for. */
export function nativeIfLoadable(): NativeAddon | undefined {
  if (cannotLoad) return undefined
  try {
    return native()
  } catch (error) {
    if (!(error instanceof TwinferError && error.code === 'TWINFER_NATIVE_LOAD_FAILED')) throw error
    cannotLoad = true
    return undefined
  }
}

/**
 * process.exit() ends a process without Node's cleanup hooks. Exit handlers of GPU drivers would then free
 * what a run in flight is using, and crash it.
 */
function loadAndStopAtExit(): NativeAddon {
  const loaded = loadAddon()
  process.once('exit', () => loaded.stop())
  return loaded
}
