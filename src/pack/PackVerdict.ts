import type { LayersComparison } from '../compare/layers/LayerComparison.js'
import type { ComparedOutput, OutputVerdict } from '../compare/outputs/ComparedOutput.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { JudgedRun } from './judgeRun.js'
import type { PackRun } from './manifest/PackManifest.js'
import type { OverflowForecast } from './overflowForecast.js'
import type { PackNotice } from './PackNotice.js'

/** What `verify` and `rejudge` come to. */
export interface PackVerdict extends JudgedRun {
  readonly pass: boolean
  /** Read these before any number. */
  readonly notices: readonly PackNotice[]
  /** What ran. */
  readonly run: PackRun
  /** Milliseconds of loading and of the first run. Absent from `rejudge`, which runs nothing. */
  readonly timing?: { readonly loadMs: number; readonly runMs: number }
  /** Of a run that failed, where the pack holds values of layers. */
  readonly layers?: LayersComparison
  /** Layers whose recorded values fp16 cannot hold; of a run that failed in fp16. */
  readonly overflow: readonly OverflowForecast[]
  /** Where other inputs than the recorded ones were given. */
  readonly deployed?: DeployedVerdict
  /** The number under which the pack holds the run, counted from 1; null where it does not. */
  readonly number: number | null
}

/** A verdict with the values that it is about, each under the names of its own side, for what is made of them. */
export interface FinishedVerdict {
  readonly verdict: PackVerdict
  readonly golden: NamedTensors
  readonly outputs: NamedTensors
}

/** The model on the inputs that it got where it was deployed. */
export interface DeployedVerdict {
  /** Each input beside the recorded one: it must be the same, up to rounding in fp32. */
  readonly inputs: readonly ComparedOutput[]
  readonly outputs: readonly ComparedOutput[]
  readonly verdict: OutputVerdict
}
