import { TwinferError } from '../errors/TwinferError.js'
import { loadAddon } from './loadAddon.js'
import type { NativeAddon } from './NativeAddon.js'

/**
 * The one door to the addon (binding/): it is loaded here and nowhere else. The files of native/ say in types what
 * it offers.
 */

export type * from './NativeAddon.js'
export type * from './NativeMetrics.js'
export type * from './NativeMnn.js'
export type * from './NativeNcnn.js'
export type * from './NativePreprocess.js'
export type * from './NativeRunner.js'

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
