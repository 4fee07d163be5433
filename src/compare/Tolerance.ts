/** Limits that a user sets; they replace the pass rule of the precision. Each one that is given must hold. */
export interface Tolerance {
  /** Least SQNR in dB. */
  readonly sqnr?: number
  /** Least cosine. */
  readonly cosine?: number
  /** Largest |error| and |error| / |reference|, as `maxAbs` and `maxRel` of the comparison. */
  readonly maxabs?: number
  readonly maxrel?: number
  /** Least share (0 to 1) of positions where the best class agrees. */
  readonly top1?: number
}

export const toleranceKeys = [
  'sqnr',
  'cosine',
  'maxabs',
  'maxrel',
  'top1',
] as const satisfies readonly (keyof Tolerance)[]
