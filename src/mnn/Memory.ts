/** BackendConfig::MemoryMode. Low computes weight-only quantised layers in int8. */
export const Memory = { Normal: 0, High: 1, Low: 2 } as const

export type Memory = (typeof Memory)[keyof typeof Memory]
