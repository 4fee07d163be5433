/** Every cause that `diagnose` names. Stable: branch on them, not on messages. docs/diagnosis.md explains each. */
export const causeCodes = [
  'PREPROC_CHANNEL_ORDER',
  'PREPROC_MEAN_STD',
  'PREPROC_RANGE',
  'PREPROC_SOURCE_STRIDE_SWAPPED',
  'PREPROC_TRANSPOSED',
  'PREPROC_ROTATED',
  'PREPROC_CROP',
  'PREPROC_ASPECT',
  'PREPROC_INTERPOLATION',
  'PREPROC_GREY',
  'LAYOUT_MISREAD',
  'DTYPE_MISREAD',
  'SCALE_OFFSET_MISSING',
  'PRECISION_EXPECTED',
  'PRECISION_OVERFLOW',
  'PRECISION_WEIGHT_UNDERFLOW',
  'WEIGHTS_SHIFTED',
  'WEIGHTS_TRUNCATED',
  'WEIGHTS_NOT_FINITE',
  'WEIGHTS_OTHER_MODEL',
  'WEIGHTS_DEAD_LAYER',
  'WEIGHTS_SCALED',
  'OP_SEMANTICS',
  'UNKNOWN_LAYER',
  'VERSION_SKEW',
  'NON_DETERMINISTIC',
  'ARGMAX_TIES',
  'INPUT_NOT_FINITE',
  'INPUT_CONSTANT',
  'NONE',
  'INCONCLUSIVE',
] as const

export type CauseCode = (typeof causeCodes)[number]

/** The line that mends a cause; one for each place where it can be mended. */
export interface Fix {
  /** With this package: a command, options or a record. */
  readonly twinfer: string
  /** ncnn's C++, where the cause lies in code of the application. */
  readonly ncnn?: string | undefined
  /** MNN's C++. */
  readonly mnn?: string | undefined
}

export interface Cause {
  readonly code: CauseCode
  /** Above 0 and at most 1. */
  readonly confidence: number
  /** One or two sentences: what is wrong, and how much it costs. */
  readonly message: string
  /** The numbers that speak for it, by name, with units in the names (`sqnrDb`). */
  readonly evidence: Readonly<Record<string, unknown>>
  readonly fix: Fix | null
}

/** A guess that was tried and does not hold. */
export interface Rejected {
  readonly code: CauseCode
  readonly message: string
  readonly evidence: Readonly<Record<string, unknown>>
}
