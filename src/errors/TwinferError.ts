/** Every `code` a TwinferError can carry. Codes are stable: branch on them, not on messages. */
export type TwinferErrorCode =
  | 'TWINFER_USAGE'
  | 'TWINFER_INVALID_ARGUMENT'
  | 'TWINFER_INVALID_OPTION'
  | 'TWINFER_INVALID_STATE'
  | 'TWINFER_OPTIONS_FROZEN'
  | 'TWINFER_FILE_NOT_FOUND'
  | 'TWINFER_FILE_UNREADABLE'
  | 'TWINFER_NPY_INVALID'
  | 'TWINFER_ARCHIVE_INVALID'
  | 'TWINFER_IMAGE_INVALID'
  | 'TWINFER_IMAGE_UNSUPPORTED'
  | 'TWINFER_AUDIO_INVALID'
  | 'TWINFER_AUDIO_UNSUPPORTED'
  | 'TWINFER_SAMPLE_RATE_MISMATCH'
  | 'TWINFER_LIMIT_EXCEEDED'
  | 'TWINFER_PACK_INVALID'
  | 'TWINFER_PACK_UNSUPPORTED'
  | 'TWINFER_SIDECAR_INVALID'
  | 'TWINFER_SIDECAR_UNSUPPORTED'
  | 'TWINFER_SIDECAR_MISSING'
  | 'TWINFER_SIDECAR_INCOMPLETE'
  | 'TWINFER_DATA_INVALID'
  | 'TWINFER_TUNED_INVALID'
  | 'TWINFER_TUNED_MISMATCH'
  | 'TWINFER_MODEL_TRUNCATED'
  | 'TWINFER_MODEL_INVALID'
  | 'TWINFER_MODEL_UNSUPPORTED'
  | 'TWINFER_UNKNOWN_INPUT'
  | 'TWINFER_UNKNOWN_OUTPUT'
  | 'TWINFER_MISSING_INPUT'
  | 'TWINFER_SHAPE_MISMATCH'
  | 'TWINFER_LENGTH_MISMATCH'
  | 'TWINFER_DTYPE_MISMATCH'
  | 'TWINFER_LAYOUT_MISMATCH'
  | 'TWINFER_BUFFER_DETACHED'
  | 'TWINFER_DISPOSED'
  | 'TWINFER_BUSY'
  | 'TWINFER_DEVICE_UNAVAILABLE'
  | 'TWINFER_ENGINE_FAILED'
  | 'TWINFER_ENGINE_CRASHED'
  | 'TWINFER_OUT_OF_MEMORY'
  | 'TWINFER_NATIVE_LOAD_FAILED'
  | 'TWINFER_MISSING_DEPENDENCY'
  | 'TWINFER_INTERNAL'

export interface TwinferErrorDetails {
  /** What to do about it, in one or two sentences. */
  help?: string
  /** What the engine printed during the call that failed. */
  log?: readonly string[]
  cause?: unknown
}

/** The one error of this package. The addon throws the same class. */
export class TwinferError extends Error {
  override readonly name = 'TwinferError'
  readonly code: TwinferErrorCode
  readonly help: string
  readonly log: readonly string[]

  constructor(code: TwinferErrorCode, message: string, details: TwinferErrorDetails = {}) {
    const { help = '', log = [], cause } = readable(details)
    super(textOf(message), cause === undefined ? undefined : { cause })
    this.code = code
    this.help = help
    this.log = log
  }
}

// An error is made of whatever there is: making it must not fail.

function readable(details: TwinferErrorDetails | null): TwinferErrorDetails {
  try {
    return { ...details }
  } catch {
    return {}
  }
}

function textOf(message: unknown): string {
  try {
    return String(message)
  } catch {
    return ''
  }
}
