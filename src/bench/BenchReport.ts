import type { TwinferErrorCode } from '../errors/TwinferError.js'
import type { LayerProfile } from './layers/profileLayers.js'
import type { Machine } from './machine.js'
import type { BenchEngine, EngineOptions } from './Setting.js'
import type { Skipped } from './sweep.js'

/** How far the outputs of a setting are from what they are held against: the worst of all outputs and inputs. */
export interface Accuracy {
  readonly sqnrDb: number | null
  readonly cosine: number | null
  /** The share of positions whose best class agrees; null where no output has classes. */
  readonly top1Agree: number | null
  /** Positions whose best class is another one, over all inputs. */
  readonly flips: number | null
}

/** One setting. What could not be measured is null. */
export interface BenchRow extends Accuracy {
  readonly model: string
  readonly engine: BenchEngine
  /** As it was asked for; `ran` has what came of it. */
  readonly precision: string
  readonly threads: number | null
  readonly device: string
  /** The engine's own switches that were set. */
  readonly options: EngineOptions
  /** Milliseconds of a run. */
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  /** One run after the other. */
  readonly runsPerS: number | null
  /** From the file to a model that is ready, in a process of its own. */
  readonly loadMs: number | null
  /** Of the first run in it. */
  readonly firstMs: number | null
  /** Most memory of that process, in MB of a million bytes. */
  readonly rssMb: number | null
  /** What it grew by from before the load to behind two runs. */
  readonly modelMb: number | null
  /** How far the medians of the rounds are apart, without the most extreme tenths: a share of the median. */
  readonly spread: number | null
  /** From 1, by time; settings that are equal within the noise share a rank. */
  readonly rank: number | null
  /** No other setting is as fast and as exact. */
  readonly pareto: boolean
  /** Timed runs, and rounds that they come from. */
  readonly runs: number
  readonly rounds: number
  /** Whether the warm-up ended because the times had become steady. */
  readonly steady: boolean | null
  readonly ran: {
    readonly engineVersion: string
    readonly precision: string
    readonly device: string
    readonly backend: string
    readonly threads: number
    readonly notes: readonly string[]
  } | null
  readonly layers?: readonly LayerProfile[]
  readonly error?: { readonly code: TwinferErrorCode; readonly message: string }
}

export interface BenchReport {
  readonly machine: Machine
  readonly rows: readonly BenchRow[]
  /** Combinations that cannot be, and why. */
  readonly skipped: readonly Skipped[]
  readonly inputs: {
    readonly source: 'given' | 'recorded' | 'random'
    /** How many were compared; the first was timed. */
    readonly count: number
    readonly seed: number | null
  }
  /** What the accuracy is held against: a file, or `fp32`, the same model in fp32 on the CPU. */
  readonly reference: string
  /** Seconds of each setting. */
  readonly duration: number
  readonly notes: readonly string[]
}
