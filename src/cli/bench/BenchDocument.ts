import type { BenchReport, BenchRow } from '../../bench/BenchReport.js'

/** What the command prints: with `--by type`, the layers of a row are those of each type together. */
export type BenchDocument = Omit<BenchReport, 'rows'> & {
  readonly rows: readonly (Omit<BenchRow, 'layers'> & { readonly layers?: readonly LayerLine[] })[]
}

export interface LayerLine {
  readonly name?: string
  readonly type: string
  readonly count?: number
  readonly ms: number | null
  readonly share: number | null
  readonly gflops: number | null
  readonly gbs: number | null
}
