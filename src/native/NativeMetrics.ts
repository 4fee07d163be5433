import type { DType, TypedArray } from '../tensor/DType.js'

export interface NativeMeasureRequest {
  /** At most; 0 or undefined: as many as the machine has. */
  readonly threads?: number | undefined
  /** Leaves relative errors, `ulp` and grids at zero. */
  readonly onlySums?: boolean | undefined
  /** Also compares the best classes. */
  readonly classes?:
    | { readonly outer: number; readonly classes: number; readonly inner: number }
    | null
    | undefined
  /** The error that explains a flip; undefined: `explainedRms` times the root mean square error of all values. */
  readonly explainedBy?: number | undefined
  readonly explainedRms: number
  /** Dimensions whose product is the number of elements: sums up the parts of each. Default: none. */
  readonly parts?: readonly number[] | undefined
}

/**
 * For each dimension that was asked for, what was gathered of the elements at each of its indices: field f of part i
 * is at [f * size + i]. The fields: number of finite pairs, of zeros of the reference among them; sums of reference²,
 * error², reference * error; largest |reference| and |error|.
 */
export type NativePartSums = readonly Float64Array[]

/** What one pass gathers; error is candidate - reference. */
export interface NativeSums {
  /** Number of positions where both are finite; the sums and maxima are over these. */
  readonly finite: number
  readonly referencePower: number
  readonly candidatePower: number
  readonly errorPower: number
  readonly product: number
  readonly error: number
  readonly absError: number
  readonly maxAbs: number
  /** The first of several; -1 where nothing differs. */
  readonly maxAbsIndex: number
  readonly referenceMaxAbs: number
  readonly nan: number
  readonly inf: number
  readonly referenceNan: number
  readonly referenceInf: number
  /** First position where they disagree and one is not finite, or -1. */
  readonly nonFiniteIndex: number
}

/** Of |error| / |reference| where |reference| is above 1e-6 times its maximum. */
export interface NativeRelativeSums {
  readonly sum: number
  /** Of error / reference. */
  readonly signedSum: number
  readonly largest: number
  /** The least of those |reference|; Infinity where there is none. */
  readonly smallest: number
  readonly count: number
}

/** Values that are not integers of up to 256, and those of them that lie on a grid. */
export interface NativeGrid {
  readonly judged: number
  readonly fp16: number
  readonly bf16: number
}

export interface NativeMeasurement {
  readonly sums: NativeSums
  /** Where they disagree and one is not finite, else where the error is largest; null where nothing differs. */
  readonly worst: { readonly index: number; readonly reference: number; readonly value: number } | null
  readonly relative: NativeRelativeSums
  /** Elements by their distance in float32 units: 0, 1, 2 to 3, 4 to 7 …; zeros unless both are float32. */
  readonly ulp: readonly number[]
  readonly referenceGrid: NativeGrid
  readonly candidateGrid: NativeGrid
  readonly argmax: {
    readonly argmaxCount: number
    readonly argmaxFlips: number
    readonly explainedFlips: number
  } | null
  readonly parts: NativePartSums
}

type MeasureArguments = [
  reference: TypedArray,
  referenceDType: DType,
  candidate: TypedArray,
  candidateDType: DType,
  request: NativeMeasureRequest,
]

/** cpp/metrics: the comparison's loops over two arrays of one length. */
export interface NativeMetrics {
  /** Blocks. */
  measure(...args: MeasureArguments): NativeMeasurement
  /**
   * How often each value of sign and exponent occurs in fp32 (`fractionBits` 23), fp16 (10) or bf16 (7) values: 512
   * counts, and the number of zeros.
   */
  exponents(floats: Uint8Array, fractionBits: number): Uint32Array
  /** Copies both arrays, then works on the addon's own threads. */
  measureAsync(...args: MeasureArguments): Promise<NativeMeasurement>
}
