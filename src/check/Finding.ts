import type { FindingCode } from './FindingCode.js'

/** `error`: it will fail or be wrong. `warning`: it loads, and is probably wrong. `info`: worth knowing. */
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
  /** No finding above `info`. */
  readonly ok: boolean
  readonly model: string
  readonly engine: 'ncnn' | 'mnn'
  /** Most severe first; within the same, in file order. */
  readonly findings: readonly Finding[]
  readonly layers: number
  readonly weights: { readonly tensors: number; readonly bytes: number; readonly storage: WeightStorage }
}

/** How the file stores its weights; `none` for a model without any. */
export type WeightStorage = 'fp32' | 'fp16' | 'bf16' | 'int8' | 'mixed' | 'none'
