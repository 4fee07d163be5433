import type { FindingList } from '../FindingList.js'
import { bytesPerValue } from '../weights/StoredTensor.js'
import type { EngineWeight } from './EngineWeight.js'
import { explainShift } from './explainShift.js'
import { rowSimilarity } from './rowSimilarity.js'
import type { SourceWeight } from './SourceWeight.js'
import { signAgreement } from './signAgreement.js'
import { sourceLayouts, wrongLayouts } from './sourceLayouts.js'
import { toleranceOf } from './tolerances.js'

const alikeEnough = 0.9
const leastSignAgreement = 0.98
/** Of equal size, in the order of the graph: the right one is among the next few. */
const mostCandidates = 64

interface Match {
  readonly source: SourceWeight
  readonly reference: Float32Array
}

/**
 * Holds each weight against the source weights of its size, by the direction of its rows. What finds no partner
 * is compared once more with those that are left over, to say how it is wrong.
 */
export async function compareWeights(
  weights: readonly EngineWeight[],
  sources: readonly SourceWeight[],
  findings: FindingList,
): Promise<void> {
  const left = new Set(sources)
  const unmatched: EngineWeight[] = []
  for (const weight of weights) {
    const values = await weight.values()
    const match = findMatch(weight, values, candidatesFor(weight, left))
    if (match) {
      left.delete(match.source)
      reportUnlikeRows(weight, values, match, findings)
    } else unmatched.push(weight)
  }
  for (const weight of unmatched) {
    const [source] = candidatesFor(weight, left)
    if (source) {
      left.delete(source)
      await reportDamage(weight, source, findings)
    } else {
      findings.info(
        'weights-unmatched',
        `no weight of the source model has the size of those of '${weight.layer}' (${weight.count}): not compared`,
        { layer: weight.layer, offset: weight.offset },
      )
    }
  }
}

function candidatesFor({ count }: EngineWeight, left: ReadonlySet<SourceWeight>) {
  return [...left].filter((source) => source.count === count).slice(0, mostCandidates)
}

function findMatch(
  weight: EngineWeight,
  values: Float32Array,
  candidates: readonly SourceWeight[],
): Match | undefined {
  for (const source of candidates)
    for (const reference of sourceLayouts(source, weight.layerType))
      if (isAlike(weight, values, reference)) return { source, reference }
  return undefined
}

function isAlike(weight: EngineWeight, values: Float32Array, reference: Float32Array): boolean {
  const rowSize = weight.count / weight.channels
  const { rows, alike } = rowSimilarity(values, reference, rowSize, toleranceOf(weight), {
    sampled: true,
  })
  if (alike >= alikeEnough * rows) return true
  return signAgreement(values, reference, rowSize) >= leastSignAgreement
}

/** Most rows are right, or all are scaled by column as well: only a few that are not are damage. */
function reportUnlikeRows(
  weight: EngineWeight,
  values: Float32Array,
  { source, reference }: Match,
  findings: FindingList,
): void {
  const rowSize = weight.count / weight.channels
  const { rows, alike, firstUnlike } = rowSimilarity(values, reference, rowSize, toleranceOf(weight))
  if (firstUnlike === undefined || alike < alikeEnough * rows) return
  findings.error(
    'weights-differ',
    `${rows - alike} of ${rows} channels of '${weight.layer}' are not those of '${source.name}', the first is ${firstUnlike}`,
    { layer: weight.layer, offset: offsetOf(weight, firstUnlike * rowSize), help: convertAgain },
  )
}

const convertAgain =
  'These weights were damaged after the conversion, or are of another training: convert again.'

async function reportDamage(
  weight: EngineWeight,
  source: SourceWeight,
  findings: FindingList,
): Promise<void> {
  const place = { layer: weight.layer, offset: weight.offset }
  const shift = await findShift(weight, source)
  if (shift !== undefined) {
    const { by, unit, row } = shift
    const since = row > 0 ? ` from channel ${row} on` : ''
    const help =
      'Values were inserted or lost: convert the model again. If your own reader made this file, it takes the tag for a weight.'
    findings.error(
      'weights-shifted',
      `the weights of '${weight.layer}' are those of '${source.name}' shifted by ${by} ${unit}${since}`,
      { ...place, help },
    )
    return
  }
  if (await isTransposed(weight, source)) {
    const message = `the weights of '${weight.layer}' are those of '${source.name}' transposed`
    findings.error('weights-differ', message, { ...place, help: convertAgain })
    return
  }
  findings.error(
    'weights-differ',
    `the weights of '${weight.layer}' are not those of '${source.name}', the one of their size (${weight.count})`,
    { ...place, help: convertAgain },
  )
}

async function isTransposed(weight: EngineWeight, source: SourceWeight): Promise<boolean> {
  const values = await weight.values()
  for (const reference of wrongLayouts(source)) if (isAlike(weight, values, reference)) return true
  return false
}

interface Shift {
  readonly by: number
  readonly unit: 'values' | 'bytes'
  readonly row: number
}

/** Whole values are searched first, then bytes, then whole values behind rows that are right. */
async function findShift(weight: EngineWeight, source: SourceWeight): Promise<Shift | undefined> {
  const rowSize = weight.count / weight.channels
  const tolerance = toleranceOf(weight)
  const values = await weight.values()
  for (const reference of sourceLayouts(source, weight.layerType)) {
    const by = explainShift(values, reference, { rowSize, tolerance })
    if (by) return { by, unit: 'values', row: 0 }
    const { firstUnlike = 0 } = rowSimilarity(values, reference, rowSize, tolerance)
    const later = explainShift(values, reference, { rowSize, tolerance, from: firstUnlike + 1 })
    if (later) return { by: later, unit: 'values', row: firstUnlike }
    for (const bytes of weight.format === 'int8' ? [] : [1, 2, 3]) {
      const lag = explainShift(await weight.values(bytes), reference, { rowSize, tolerance })
      if (lag !== null) return { by: bytes + lag * bytesPerValue[weight.format], unit: 'bytes', row: 0 }
    }
  }
  return undefined
}

function offsetOf({ offset, format }: EngineWeight, index: number): number {
  return offset + index * bytesPerValue[format]
}
