import type { ModelFile } from '../file/ModelFile.js'
import type { OpenOptions, Precision } from '../model/options.js'

export type BenchEngine = 'ncnn' | 'mnn' | 'onnxruntime'
export type OptionValue = boolean | number | string
export type EngineOptions = Readonly<Record<string, OptionValue>>

/** One way to run one model. */
export interface Setting {
  readonly file: ModelFile
  readonly engine: BenchEngine
  readonly precision: Precision
  /** Undefined: the engine's own choice. */
  readonly threads: number | undefined
  readonly device: NonNullable<OpenOptions['device']>
  readonly engineOptions: EngineOptions
}

/** `fp32, 2 threads, cpu, winogradMemoryLevel=0`, for messages. */
export function nameSetting(
  setting: Pick<Setting, 'precision' | 'threads' | 'device' | 'engineOptions'>,
): string {
  const { precision, threads, device, engineOptions } = setting
  const options = Object.entries(engineOptions).map(([name, value]) => `${name}=${value}`)
  const counted = threads === undefined ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]
  return [precision, ...counted, device, ...options].join(', ')
}

/** The options of `open()` that make it. */
export function openOptionsOf(
  { precision, threads, device, engineOptions }: Setting,
  inputShapes: OpenOptions['inputShapes'] = {},
): OpenOptions {
  return {
    precision,
    device,
    engineOptions,
    inputShapes,
    sidecar: false,
    ...(threads !== undefined && { threads }),
  }
}
