import type { FindingCode } from './FindingCode.js'

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

/** Whole numbers of this many bits, with scales. */
export type IntegerStorage = 'int2' | 'int3' | 'int4' | 'int5' | 'int6' | 'int7' | 'int8'

/** How one tensor of weights is stored. */
export type StoredAs = 'fp32' | 'fp16' | 'bf16' | IntegerStorage

/** How a file stores its weights; `none` for a model without any. */
export type WeightStorage = StoredAs | 'mixed' | 'none'
