import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { Normalisation } from './normalisation.js'
import type { Orientation } from './planes.js'

export type Evidence = Readonly<Record<string, unknown>>

/** What is wrong with a deployed input, however it was found out: from two tensors, or from the picture and both. */
export interface InputFaults {
  /** From 0 to 1: how far what is left is from nothing. Every confidence is bounded by it. */
  readonly certainty: number
  /** The memory was read as what it is not. */
  readonly misread: {
    readonly code: 'LAYOUT_MISREAD' | 'DTYPE_MISREAD'
    readonly writtenAs: string
    readonly readAs: string
  } | null
  readonly strideSwapped: Evidence | null
  /** Width and height of the target were exchanged. */
  readonly sizeExchanged: boolean
  /** How the deployed picture is stored, as EXIF counts, where the golden one is upright. */
  readonly orientation: Orientation
  /** The orientation that the picture's file notes, where the picture is known. */
  readonly noted?: number | undefined
  readonly geometry: {
    readonly code: 'PREPROC_CROP' | 'PREPROC_ASPECT'
    readonly evidence: Evidence
    readonly words: string
  } | null
  readonly interpolation: Evidence | null
  readonly grey: {
    readonly side: 'golden' | 'deployed'
    readonly lumaWeights: readonly number[] | null
  } | null
  /** For each golden channel the deployed one that holds it; null where nothing changed places. */
  readonly order: readonly number[] | null
  readonly orderError?: { readonly error: number; readonly straightError: number }
  readonly normalisation: Normalisation | null
  /** What every cause's evidence holds as well: the numbers of the whole fit, the recovered records. */
  readonly shared: Evidence
  /** How the golden input is made, where that is known. */
  readonly golden: Preprocessing | null
}

export const noFaults: Omit<InputFaults, 'certainty' | 'shared' | 'golden'> = {
  misread: null,
  strideSwapped: null,
  sizeExchanged: false,
  orientation: 1,
  geometry: null,
  interpolation: null,
  grey: null,
  order: null,
  normalisation: null,
}
