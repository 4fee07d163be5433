import type { StoredAs, WeightStorage } from '../file/storages.js'

/** `error`: it fails, or is damaged. `warning`: it may be wrong. `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

/** One thing that `check` noticed, in the JSON form of the command line (NaN and Infinity become null). */
export interface Finding {
  /** Stable, in lower case with hyphens: branch on it, not on the message. */
  readonly code: FindingCode
  readonly severity: Severity
  /** The layer (operator) concerned, where it is one. */
  readonly layer: string | null
  /** Bytes into `file`, where it is a place. */
  readonly offset: number | null
  readonly file: string
  readonly message: string
  readonly help?: string
}

export interface CheckReport {
  /** No error; with the option `strict` no warning either. */
  readonly ok: boolean
  readonly model: string
  readonly engine: 'ncnn' | 'mnn'
  /** Most severe first; within the same, in file order. */
  readonly findings: readonly Finding[]
  readonly layers: number
  readonly weights: {
    readonly tensors: number
    readonly bytes: number
    readonly storage: WeightStorage
    /** Every way that is in use: more than one where `storage` is `mixed`. */
    readonly storages: readonly StoredAs[]
  }
}

/** Every `code` of a finding, described in docs/checking.md. Codes are stable: branch on them, not on messages. */
export const findingCodes = [
  // The files
  'foreign-file',
  'weights-not-found',
  'missing-bytes',
  'trailing-bytes',
  'damaged-table',
  'external-path',
  'engine-refuses',
  'not-opened',
  // The text of a .param
  'byte-order-mark',
  'no-magic',
  'line-endings',
  'truncated-text',
  'syntax',
  // The graph
  'layer-count',
  'ignored-lines',
  'blob-count',
  'duplicate-layer',
  'duplicate-blob',
  'no-producer',
  'layer-order',
  'unknown-layer',
  'layer-inputs',
  'layer-outputs',
  'parameters',
  'no-axes',
  'old-format',
  'weight-size',
  'input-note',
  // How weights are stored
  'bad-tag',
  'tag-mismatch',
  'shifted-file',
  'wrong-endianness',
  'table-weights',
  // What they are
  'weight-nan',
  'weight-inf',
  'weight-garbage',
  'weight-huge',
  'weight-outlier',
  'weight-denormal',
  'weight-zero',
  'zero-channels',
  'weight-constant',
  'tag-in-weights',
  'fp16-underflow',
  // Against the source model
  'weights-shifted',
  'weights-differ',
  'weights-unmatched',
  'inputs-differ',
  'outputs-differ',
  'reader-agrees',
  'reader-skips-tag',
  'reader-shifted',
  'reader-differs',
  // In a run, where one is asked for
  'run-fails',
  'output-not-finite',
  'not-run',
  // Too many of one code
  'more',
] as const

export type FindingCode = (typeof findingCodes)[number]
