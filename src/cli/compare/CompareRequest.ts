import type { ModelOptions } from '../models/ModelOptions.js'

export interface CompareRequest extends ModelOptions {
  /** A model, or a recorded output (.npy). */
  readonly reference: string
  readonly candidates: readonly string[]
  readonly input?: readonly string[]
}
