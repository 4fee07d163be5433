import type { StoredAs } from './Finding.js'
import type { FindingList } from './FindingList.js'

/** What reading the files of a model gave: those of the network first, then those of its weights. */
export interface FileCheck {
  readonly findings: readonly FindingList[]
  /** Their names. */
  readonly layers: readonly string[]
  /** Of weights. */
  readonly tensors: number
  readonly bytes: number
  readonly storages: readonly StoredAs[]
}
