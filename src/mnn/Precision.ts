/** BackendConfig::PrecisionMode. On x86 all four compute in fp32; on Vulkan all but High in fp16. */
export const Precision = { Normal: 0, High: 1, Low: 2, Low_BF16: 3 } as const

export type Precision = (typeof Precision)[keyof typeof Precision]
