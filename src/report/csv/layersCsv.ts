import type { LayerComparison } from '../../compare/layers/LayerComparison.js'
import type { ReportedComparison } from '../document/ReportedComparison.js'
import { type CsvValue, toCsv } from './toCsv.js'

/** One row for each layer of each candidate that was traced. */
export function layersCsv({ candidates }: ReportedComparison): string {
  const rows = candidates.flatMap(({ model, layers, verdict }) =>
    (layers?.layers ?? []).map((layer) => ({
      candidate: model,
      ...layerRow(layer),
      firstDivergence: !verdict.pass && layers?.firstDivergence?.index === layer.index,
    })),
  )
  return toCsv(rows, layerTitles)
}

const layerTitles = [
  ...['candidate', 'index', 'name', 'type', 'blob', 'shape', 'reference', 'firstDivergence', 'ms'],
  ...['accumulatedSqnrDb', 'accumulatedCosine', 'accumulatedMaxAbs', 'ownSqnrDb', 'ownCosine', 'ownMaxAbs'],
  ...['min', 'max', 'mean', 'std', 'maxAbs', 'nan', 'inf', 'fp16'],
]

function layerRow(layer: LayerComparison): Record<string, CsvValue> {
  const { index, name, type, blob, shape, reference, ms, accumulated, own, statistics } = layer
  return {
    ...statistics,
    index,
    name,
    type,
    blob,
    shape: shape.join('x'),
    reference,
    ms,
    accumulatedSqnrDb: accumulated?.sqnrDb,
    accumulatedCosine: accumulated?.cosine,
    accumulatedMaxAbs: accumulated?.maxAbs,
    ownSqnrDb: own?.sqnrDb,
    ownCosine: own?.cosine,
    ownMaxAbs: own?.maxAbs,
  }
}
