import { tensorsOf } from '../../check/checkMnn.js'
import { readTensor } from '../../check/weights/decodeValues.js'
import type { StoredTensor } from '../../check/weights/StoredTensor.js'
import { openWeights } from '../../check/weights/WeightFile.js'
import type { JudgedPrecision } from '../../compare/judge/passRules.js'
import { compareLayers } from '../../compare/layers/compareLayers.js'
import type { LayerComparison } from '../../compare/layers/LayerComparison.js'
import { powerRatioDb } from '../../format/numbers.js'
import type { Candidate } from './Candidate.js'
import { mostRunsOf } from './diagnoseLayers.js'
import type { GoldenRun } from './ModelReference.js'

/** A layer whose values fp16 cannot hold, or hardly. */
export interface LayerMaximum {
  readonly layer: string
  readonly type: string
  readonly blob: string
  readonly maxAbs: number
  /** `certain`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values does. */
  readonly level: 'certain' | 'risk'
}

/**
 * The layers of a candidate, opened with options that compute in fp32, whose values fp16 cannot store, in the order of
 * the network: what a board will overflow in that this machine need not have.
 *
 * @throws TwinferError what `openTracer` and `trace` throw.
 */
export async function forecastOverflow(
  candidate: Candidate,
  golden: GoldenRun,
): Promise<readonly LayerMaximum[]> {
  const found: LayerMaximum[] = []
  const tracer = await candidate.openTracer()
  try {
    await tracer.trace(candidate.feeds(tracer.inputs, golden), ({ name, type, blob, statistics }) => {
      const { maxAbs, fp16 } = statistics
      if (fp16 === 'fits') return
      found.push({ layer: name, type, blob, maxAbs, level: fp16 === 'overflow' ? 'certain' : 'risk' })
    })
  } finally {
    await tracer.dispose()
  }
  return found
}

/** The first layer that a low precision breaks, and why, as far as its weights and values tell. */
export interface LowLayer {
  readonly layer: string
  readonly type: string
  readonly blob: string
  readonly reason: 'overflow' | 'underflow' | 'unknown'
  readonly numbers: Readonly<Record<string, number | null>>
}

const fp16Largest = 65504
const fp16SmallestNormal = 2 ** -14
/** What is left of weights against what fp16 flushes, in dB, below which the layer computes something else. */
const ruinousDb = 20

/**
 * Compares layer by layer as the candidate runs, in its low precision. Undefined where no layer is below what that
 * precision costs, or the reference shows no layers.
 */
export async function findLowLayer(
  candidate: Candidate,
  fp32: Candidate,
  golden: GoldenRun,
  precision: JudgedPrecision,
): Promise<LowLayer | undefined> {
  const reference = await candidate.reference.openTracer()
  if (!reference) return undefined
  const tracer = await candidate.openTracer()
  let broken: LayerComparison | undefined
  try {
    const candidateInputs = candidate.feeds(tracer.inputs, golden)
    const { layers, firstDivergence } = await compareLayers(reference, tracer, golden.inputs, {
      precision,
      candidateInputs,
      mostRuns: mostRunsOf(tracer.steps),
    })
    const isPlace = firstDivergence?.damage === 'whole-layer' || firstDivergence?.damage === 'few-channels'
    broken = isPlace ? layers[firstDivergence.index] : undefined
  } finally {
    await tracer.dispose()
    await reference.dispose()
  }
  if (!broken) return undefined
  const { name: layer, type, blob, own } = broken
  const maxima = precision.startsWith('fp16') ? await forecastOverflow(fp32, golden) : []
  const maximum = maxima.find((one) => one.blob === blob)
  const weights = await weightRange(candidate, layer)
  const numbers = {
    ownSqnrDb: own?.sqnrDb ?? null,
    ...(maximum && { maxAbs: maximum.maxAbs }),
    ...(weights && { weightMaxAbs: weights.maxAbs, weightSqnrDb: weights.flushedDb }),
  }
  const isBeyond = maximum?.level === 'certain' || (weights && weights.maxAbs > fp16Largest)
  const isFlushed = weights !== undefined && weights.flushedDb < ruinousDb
  const isFp16 = precision.startsWith('fp16')
  const reason = isFp16 && isBeyond ? 'overflow' : isFp16 && isFlushed ? 'underflow' : 'unknown'
  return { layer, type, blob, reason, numbers }
}

interface WeightRange {
  readonly maxAbs: number
  /** Power of the weights against that of what is below fp16's smallest normal number, in dB. */
  readonly flushedDb: number
}

/** Undefined for a layer without plain weights. */
async function weightRange({ file }: Candidate, layer: string): Promise<WeightRange | undefined> {
  const { tensors, content } = await plainWeights(file)
  const own = tensors.filter((tensor) => tensor.layer === layer && tensor.role === 'weight')
  if (own.length === 0 || content === undefined) return undefined
  await using bytes = await openWeights(content)
  let [maxAbs, power, flushed] = [0, 0, 0]
  for (const tensor of own) {
    for (const value of await readTensor(tensor, bytes)) {
      const size = Math.abs(value)
      if (!Number.isFinite(size)) continue
      if (size > maxAbs) maxAbs = size
      power += size * size
      if (size < fp16SmallestNormal) flushed += size * size
    }
  }
  return { maxAbs, flushedDb: powerRatioDb(power, flushed) }
}

async function plainWeights(file: Candidate['file']): Promise<{
  readonly tensors: readonly StoredTensor[]
  readonly content: string | Uint8Array | undefined
}> {
  if (file.engine === 'mnn') {
    const tensors = tensorsOf(await file.mnnNet()).filter(({ external }) => !external)
    return { tensors, content: file.model }
  }
  const { layers, weights } = await file.ncnn()
  const tensors = (weights?.blocks ?? []).flatMap(({ layer, role, storage, count, channels, offset }) => {
    if (storage === 'packed' || storage === 'table') return []
    const { name, type } = layers[layer]!
    return [{ layer: name, layerType: type, role, format: storage, count, channels, offset }]
  })
  return { tensors, content: await file.weights() }
}
