/**
 * One word with one meaning on both engines. `fp32`: everything low is off. `fp16`: arithmetic and
 * storage. `fp16-storage`: values are stored as fp16 and computed as fp32. `default`: the engine's own.
 * What really ran is in `model.effective`.
 */
export type Precision = 'default' | 'fp32' | 'fp16' | 'fp16-storage' | 'bf16' | 'int8'

export const precisions: readonly Precision[] = ['default', 'fp32', 'fp16', 'fp16-storage', 'bf16', 'int8']
