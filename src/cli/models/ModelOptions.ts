export type Device = 'cpu' | 'auto' | 'vulkan' | `vulkan:${number}`
export type EngineOptions = Readonly<Record<string, boolean | number | string>>

export const precisions = ['default', 'fp32', 'fp16', 'fp16-storage', 'bf16', 'int8'] as const
export type PrecisionWord = (typeof precisions)[number]

/** What the command line can say about how a model runs. */
export interface ModelOptions {
  readonly precision: PrecisionWord
  readonly threads?: number
  readonly device: Device
  readonly engineOption?: EngineOptions
}
