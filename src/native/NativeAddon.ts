import type { NativeMetrics } from './NativeMetrics.js'
import type { NativeMnn } from './NativeMnn.js'
import type { NativeNcnn } from './NativeNcnn.js'
import type { NativePreprocess } from './NativePreprocess.js'
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
  readonly preprocess: NativePreprocess
  /** The class that the addon throws. */
  setErrorClass(errorClass: new (code: never, message: string, details: object) => Error): void
  /** Waits for the runs that have begun and drops the rest: the thread's last use of the engines. */
  stop(): void
  /** The file of the system's Vulkan loader; '' where neither libvulkan.so nor libvulkan.so.1 is found. */
  vulkanLibrary(): string
  /** The other end of an isolated model, on a descriptor that its process was given. Never returns. */
  serveModel(file: number): never
  /** Receives what the engines print; `undefined` goes back to silence. */
  setLogger(
    logger: ((engine: 'ncnn' | 'mnn', level: 'info' | 'error', text: string) => void) | undefined,
  ): void
}

/** The little-endian word at an offset of a file, undefined outside of it. */
export type ReadWord = (offset: number) => number | undefined

/** cpp/format: what model files say, read without an engine. */
export interface NativeFormat {
  /**
   * A JSON document: `NcnnReport`, with the parameters of its layers for `params`. The .bin is read through `word`,
   * where there is one.
   */
  ncnn(param: Uint8Array, weightsSize?: number, word?: ReadWord, params?: boolean): string
  /** A JSON document: `Content`, of the first bytes of a file. */
  content(start: Uint8Array): string
  /** A JSON document: `MnnReport`, of a file or its content. */
  mnn(model: string | Uint8Array, weightFileBytes?: number): string
}
