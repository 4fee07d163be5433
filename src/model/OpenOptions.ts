import type { LogLine } from './LogLine.js'
import type { Precision } from './Precision.js'

export interface OpenOptions {
  /** Default: by the file's name, then by its content. */
  readonly engine?: 'ncnn' | 'mnn'
  /** ncnn only: the `.bin`. Default: the file beside the `.param` with the same stem. */
  readonly weights?: string | URL | Uint8Array
  /** Default: `default`, the engine's own choice. */
  readonly precision?: Precision
  /** Threads of one run. Default: one per physical big core. */
  readonly threads?: number
  /** Default: `cpu`. `vulkan` fails where there is none; `auto` falls back to the CPU and says so. */
  readonly device?: 'cpu' | 'vulkan' | `vulkan:${number}` | 'auto'
  /** Switches under the engine's own names; they win over `precision`. */
  readonly engineOptions?: Readonly<Record<string, boolean | number | string>>
  /** Shapes of inputs that the model leaves open, by name. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>
  /** Receives what the engine prints while this model loads and runs. */
  readonly logger?: (line: LogLine) => void
}
