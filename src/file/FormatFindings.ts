type FormatSeverity = 'error' | 'warning' | 'info'

/** What cpp/format found in one file. */
export interface FormatFindings {
  readonly all: readonly FormatFinding[]
  /** How many there were besides: of one code and severity it keeps no more than anybody reads. */
  readonly more: readonly {
    readonly code: string
    readonly severity: FormatSeverity
    readonly count: number
  }[]
}

interface FormatFinding {
  /** One of those that `check` documents. */
  readonly code: string
  readonly severity: FormatSeverity
  /** Without its place. */
  readonly message: string
  /** Empty where there is none. */
  readonly help: string
  readonly layer: string | null
  /** Of a .param, counted from 1, where the message is about one. */
  readonly line: number | null
  /** Bytes into the file. */
  readonly offset: number | null
}
