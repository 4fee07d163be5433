import type { LayerParams } from './LayerParams.js'
import type { ParamChecks } from './ParamChecks.js'
import type { WeightBlock } from './WeightBlock.js'

/** What ncnn 20261020 takes for granted about one layer type, from its load_param and load_model. */
export interface LayerRule {
  /** What it loads from the .bin, in order. */
  readonly weights?: (params: LayerParams) => readonly WeightBlock[]
  /** What it expects of its parameters and does not check, or checks only while it loads. */
  readonly check?: (params: LayerParams, checks: ParamChecks) => void
}

export type LayerRules = Readonly<Record<string, LayerRule>>
