import { formatReader } from '../../native/formatReader.js'
import type { ReadWord } from '../../native/NativeFormat.js'
import type { NcnnLayer } from './NcnnLayer.js'
import type { NcnnReport } from './NcnnReport.js'
import type { ParamValue } from './ParamValue.js'

/** A .bin, as far as the places of its blocks are concerned. */
interface WeightTags {
  readonly size: number
  word(offset: number): number | undefined
}

/**
 * Reads a .param, text or binary, as far as it can be read, and the tags of its .bin. Never throws for what they hold.
 * The layers have their parameters for `withParams` only.
 */
export function reportNcnn(param: Uint8Array, weights?: WeightTags, withParams = false): NcnnReport {
  const word: ReadWord | undefined = weights && ((offset) => weights.word(offset))
  const text = formatReader().ncnn(param, weights?.size, word, withParams)
  if (!withParams) return JSON.parse(text) as NcnnReport
  const report = JSON.parse(text) as WrittenReport
  return { ...report, layers: report.layers.map((layer) => ({ ...layer, params: paramsOf(layer.params) })) }
}

type WrittenParam = readonly [key: number, kind: ParamValue['kind'], value: never]
type WrittenReport = Omit<NcnnReport, 'layers'> & { readonly layers: readonly WrittenLayer[] }
type WrittenLayer = Omit<NcnnLayer, 'params'> & { readonly params: readonly WrittenParam[] }

function paramsOf(written: readonly WrittenParam[]): ReadonlyMap<number, ParamValue> {
  return new Map(written.map(([key, kind, value]) => [key, { kind, value }]))
}
