import type { JudgedPrecision } from '../../compare/index.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import type { ReportFiles } from '../reports/ReportFiles.js'

export interface CompareRequest extends ModelOptions, ReportFiles {
  /** A model, or recorded outputs (.npy, .npz). */
  readonly reference: string
  readonly candidates: readonly string[]
  readonly input?: readonly string[]
  /** As `parseTolerances` reads them. */
  readonly tolerance?: readonly string[]
  /** `REFERENCE=CANDIDATE`: outputs, or inputs, that are the same. */
  readonly pair?: readonly string[]
  /** Judges every candidate as if it had run in this precision. */
  readonly judgeAs?: JudgedPrecision
  /** Compares layer by layer as well. */
  readonly layers?: boolean
  /** How often each candidate runs. */
  readonly repeat: number
}
