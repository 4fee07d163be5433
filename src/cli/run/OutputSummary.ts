import type { BlobStatistics } from '../../trace/TracedLayer.js'
import type { TopValue } from './topValues.js'

/** What `twinfer run` says about one output. */
export interface OutputSummary extends Pick<BlobStatistics, 'min' | 'max' | 'mean' | 'nan' | 'inf'> {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly top: readonly TopValue[]
  /** Where `-o` wrote it. */
  readonly file?: string
}
