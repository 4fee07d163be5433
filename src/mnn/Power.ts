/** BackendConfig::PowerMode: which cores of a big.LITTLE CPU; High and Low pin the threads to them. */
export const Power = { Normal: 0, High: 1, Low: 2 } as const

export type Power = (typeof Power)[keyof typeof Power]
