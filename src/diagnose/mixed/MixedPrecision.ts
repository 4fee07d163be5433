import type { OptionNames } from '../../errors/requireOptions.js'
import { type RunnableOptions, runnableOptionNames } from '../../pack/openRunnable.js'
import type { GoldenInputs } from '../model/openGolden.js'
import type { Bridge } from './maskLayers.js'
import type { MeasuredLayer } from './measureLayers.js'

/** How the model runs (as `open()` takes it), what it is held against, and how close it has to be. */
export interface MixedOptions extends RunnableOptions {
  /** The path of the original (.onnx), of another model that is right (it runs in fp32), or of a golden pack. */
  readonly reference: string
  /** All of them have to reach the bar. Default: the one that the pack recorded. */
  readonly inputs?: GoldenInputs | undefined
  /** The least SQNR of every output, in dB. Default: 60. */
  readonly minSqnrDb?: number | undefined
  /**
   * A folder for the copy, under the model's own name, or the path of its .param; the weights are copied beside it as
   * they are. Default: nothing is written.
   */
  readonly out?: string | undefined
  /** Replaces files that are there. Default: false. */
  readonly force?: boolean | undefined
  /**
   * Judge by runs that round every blob to fp16, as ncnn on ARM keeps them; on x86 it keeps blobs in fp32. Default: where
   * some values are beyond fp16 and nothing breaks here.
   */
  readonly emulateFp16?: boolean | undefined
}

export const mixedOptionNames: OptionNames<MixedOptions> = {
  reference: true,
  inputs: true,
  minSqnrDb: true,
  out: true,
  force: true,
  emulateFp16: true,
  ...runnableOptionNames,
}

/**
 * - `found`: these layers have to stay in fp32;
 * - `nothing-needed`: the low precision reaches the bar as it is;
 * - `unreachable`: not even fp32, or all layers in fp32, reach it;
 * - `unsupported`: the engine has no precision of single layers.
 */
export type MixedOutcome = 'found' | 'nothing-needed' | 'unreachable' | 'unsupported'

/** Whose storage between layers decided: the engine's on this processor, or that of one with fp16, emulated. */
export type MixedStorage = 'engine' | 'emulated-fp16'

export interface MixedMeasure {
  /** The least SQNR of all outputs on all inputs, in dB; null where something is not finite. */
  readonly sqnrDb: number | null
  /** Milliseconds of one run on this machine; null where nothing ran. */
  readonly ms: number | null
}

export interface MixedLayer extends MeasuredLayer {
  /** The bits of its feature mask, ncnn's parameter 31. */
  readonly mask: number
}

/** The lines that open the result. */
export interface MixedOpenLines {
  readonly twinfer: string
  /** C++. */
  readonly ncnn: string
}

export interface MixedPrecision {
  readonly model: string
  readonly reference: string
  readonly engine: 'ncnn' | 'mnn'
  /** `weights`: what the file stores weights as where that is not fp32; it stays, whatever layers are run in. */
  readonly precision: {
    readonly requested: string
    readonly ran: string
    readonly weights: readonly string[]
  }
  readonly minSqnrDb: number
  readonly outcome: MixedOutcome
  /** The outcome as a sentence. */
  readonly said: string
  readonly storage: MixedStorage
  /** All layers in low precision, the set in fp32 (null where there is none), and all in fp32. */
  readonly before: MixedMeasure
  readonly after: MixedMeasure | null
  readonly fp32: MixedMeasure
  /** The set, in the order of the network. */
  readonly layers: readonly MixedLayer[]
  /** How many layers the low precision changes at all. */
  readonly changed: number
  /** How many sets were run. */
  readonly trials: number
  /** Pairs of layers between which a DeepCopy widens the blob: masks alone would end the process there. */
  readonly bridges: readonly Bridge[]
  /** The text of the masked .param; null where there is none. */
  readonly param: string | null
  readonly written: readonly string[]
  readonly open: MixedOpenLines | null
  readonly notes: readonly string[]
}

/** What remains where every layer is turned to fp32: weights are what the file has. */
export function fp32Of(weights: readonly string[]): string {
  return weights.length > 0 ? `fp32 on ${weights.join(' and ')} weights` : 'fp32'
}
