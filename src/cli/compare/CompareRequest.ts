import type { JudgedPrecision } from '../../compare/index.js'
import type { ModelOptions } from '../models/ModelOptions.js'

export interface CompareRequest extends ModelOptions {
  /** A model, or recorded outputs (.npy, .npz). */
  readonly reference: string
  readonly candidates: readonly string[]
  readonly input?: readonly string[]
  /** As `parseTolerances` reads them. */
  readonly tolerance?: readonly string[]
  /** Judges every candidate as if it had run in this precision. */
  readonly judgeAs?: JudgedPrecision
  /** How often each candidate runs. */
  readonly repeat: number
  /** Files to write: a page, a table, a CI system's test results. */
  readonly report?: string
  readonly csv?: string
  readonly junit?: string
}
