import { nothingCompared, type WeightComparison } from '../../check/against/WeightComparison.js'
import type { JudgedPrecision } from '../../compare/judge/passRules.js'
import { shapeKey } from '../../compare/layers/BlobGraph.js'
import { compareLayers } from '../../compare/layers/compareLayers.js'
import type { Divergence, LayerComparison, LayersComparison } from '../../compare/layers/LayerComparison.js'
import { medianDb } from '../../compare/layers/LayerPass.js'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { LayerTracer, TraceInputs, TraceStep } from '../../trace/LayerTracer.js'
import type { Cause } from '../Cause.js'
import { extractCommand } from '../extract/extractCommand.js'
import type { Findings } from '../Findings.js'
import type { Candidate } from './Candidate.js'
import { LayerGraph, type Omitted, type SeenLayers, soundDb } from './LayerGraph.js'
import { describeResidual, type Residual } from './layerResidual.js'
import type { GoldenRun } from './ModelReference.js'
import { isScaled } from './weightCauses.js'

export interface DiagnoseLayersOptions {
  /** What the candidate runs in, or stores its weights in where that is lower. Default: 'fp32'. */
  readonly precision?: JudgedPrecision
  /** How its weights compare with the source's, from `diagnoseFiles`. Default: nothing is known of them. */
  readonly weights?: WeightComparison
  /** Layers whose weights are known to be wrong for another reason, such as a NaN. */
  readonly damaged?: readonly string[]
}

export interface LayerFindings extends Findings {
  /** Undefined where the reference or the candidate shows no layers. */
  readonly layers: LayersComparison | undefined
  /** Names of the layers whose own error is bad because their weights are. */
  readonly byWeights: readonly string[]
}

/**
 * How often a network of so many layers may run to understand those that are like nothing: a sound one takes one run,
 * and a large one seconds for each.
 */
export function mostRunsOf({ length }: readonly TraceStep[]): number {
  return Math.max(6, Math.min(24, Math.floor(1200 / length)))
}

/** What is a little off in fp32: no layer that computes the same is, but those with approximated functions. */
const mildlyDb = 85
const belowMedianDb = 25

/**
 * Compares layer by layer on the original's own inputs, and names the first layer whose own error is bad though its
 * weights are the source's: its operator computes something else. Layers whose weights are wrong are told apart.
 *
 * @throws TwinferError what the tracers throw; a model that cannot be traced (control flow) is said in `missing`.
 */
export const diagnoseLayers = answering(
  'diagnoseLayers',
  async function diagnoseLayers(
    candidate: Candidate,
    golden: GoldenRun,
    { precision = 'fp32', weights = nothingCompared, damaged = [] }: DiagnoseLayersOptions = {},
  ): Promise<LayerFindings> {
    const none = { causes: [], rejected: [], layers: undefined, byWeights: [] }
    const seen = await compareBoth(candidate, golden, precision)
    if (typeof seen === 'string') return { ...none, missing: [seen] }
    const { layers } = seen
    const graph = new LayerGraph(seen)
    const bad = badLayers(layers, precision)
    const wrongWeights = new Set([...damaged, ...weights.faults.map(({ weight }) => weight.layer)])
    for (const match of weights.matched) if (isScaled(match)) wrongWeights.add(match.weight.layer)
    const blamed = bad.map((layer) => ({
      layer,
      by: graph.blamable(layer).find((name) => wrongWeights.has(name)),
    }))
    const byWeights = [...new Set(blamed.flatMap(({ by }) => by ?? []))]
    const first = blamed.find(({ by }) => by === undefined)?.layer
    const found = { layers, byWeights, rejected: [], missing: [] }
    const lost = graph.firstLost(first)
    if (lost && !wrongWeights.has(lost.name))
      return { ...found, causes: [beside(byWeights, lostCause(lost, layers, candidate))] }
    if (first) {
      const omitting = graph.omitting(first)
      if (omitting)
        return { ...found, causes: [beside(byWeights, omittedCause(omitting, first, layers, candidate))] }
      // Behind a layer that is wrong as well, a plain run shows both errors.
      const residual = first === bad[0] ? await residualOf(candidate, golden, first) : undefined
      return {
        ...found,
        causes: [beside(byWeights, semanticsCause(first, layers, weights, residual, candidate))],
      }
    }
    if (bad.length > 0) return { ...found, causes: [] }
    if (layers.firstDivergence?.damage === 'input')
      return { ...found, causes: [], missing: [inputSaid(layers.firstDivergence)] }
    return { ...found, causes: [] }
  },
)

function inputSaid({ reason }: Divergence): string {
  return `The layers are all right, but not on the input that the model was given (${reason}): give that input as --deployed-input.`
}

/** Or in words why nothing can be seen. */
async function compareBoth(
  candidate: Candidate,
  golden: GoldenRun,
  precision: JudgedPrecision,
): Promise<SeenLayers | string> {
  const reference = await candidate.reference.openTracer()
  if (!reference)
    return candidate.reference.pack
      ? 'The pack holds no layers, and the model that it was recorded from is not there: record it with --layers all, or give the .onnx.'
      : 'Recorded outputs show no layers: give the .onnx, and the layer is named.'
  try {
    const tracer = await candidate.openTracer()
    try {
      const candidateInputs = candidate.feeds(tracer.inputs, golden)
      const originalShapes = new Set<string>()
      const watched = watchShapes(reference, originalShapes)
      const layers = await compareLayers(watched, tracer, golden.inputs, {
        precision,
        candidateInputs,
        mostRuns: mostRunsOf(tracer.steps),
      })
      return { layers, steps: tracer.steps, originalSteps: reference.steps, originalShapes }
    } finally {
      await tracer.dispose()
    }
  } catch (error) {
    if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_UNSUPPORTED') throw error
    return `The layers cannot be looked at: ${error.message}.`
  } finally {
    await reference.dispose()
  }
}

function watchShapes(reference: LayerTracer, shapes: Set<string>): LayerTracer {
  const { engine, inputs, steps } = reference
  return {
    engine,
    inputs,
    steps,
    trace: (given, visit) =>
      reference.trace(given, (layer, tensor) => {
        shapes.add(shapeKey(layer.shape))
        visit(layer, tensor)
      }),
    dispose: () => reference.dispose(),
  }
}

/** All layers that are worse than their precision allows on the original's own inputs, in order. */
function badLayers(
  { layers, firstDivergence }: LayersComparison,
  precision: JudgedPrecision,
): readonly LayerComparison[] {
  const median = medianDb(layers.map(({ own }) => own))
  const isPlace = firstDivergence?.damage === 'whole-layer' || firstDivergence?.damage === 'few-channels'
  const place = isPlace ? layers[firstDivergence.index]! : undefined
  const limit = place?.own?.sqnrDb == null ? soundDb : Math.max(soundDb, place.own.sqnrDb)
  const bad = layers.filter(
    (layer) =>
      layer === place ||
      (layer.own !== null && (layer.own.sqnrDb === null || isBelow(layer.own.sqnrDb, limit, median))),
  )
  if (bad.length > 0 || precision !== 'fp32') return place ? bad : []
  // Less than any layer of fp32 loses, and far less well than the others: the mildest of parameters, an epsilon.
  const mild = layers.filter(
    ({ own, type }) =>
      own !== null &&
      own.sqnrDb !== null &&
      own.sqnrDb < mildlyDb &&
      own.sqnrDb < median - belowMedianDb &&
      !/GELU/i.test(type),
  )
  return mild
}

function isBelow(sqnrDb: number, limit: number, median: number): boolean {
  return sqnrDb < limit && sqnrDb < median - belowMedianDb
}

/** Beside layers with wrong weights, whose blobs are hard to tell, another one is less sure. */
function beside(byWeights: readonly string[], cause: Cause): Cause {
  return byWeights.length === 0 ? cause : { ...cause, confidence: Math.min(cause.confidence, besideWeights) }
}

const besideWeights = 0.75

function semanticsCause(
  layer: LayerComparison,
  { layers, firstDivergence }: LayersComparison,
  { matched, faults }: WeightComparison,
  residual: Residual | undefined,
  candidate: Candidate,
): Cause {
  const { name, type, blob, own, accumulated } = layer
  const match = matched.find(({ weight }) => weight.layer === name)
  const isHeld = matched.length + faults.length > 0
  const said = match
    ? `though its weights are those of '${match.source}'`
    : isHeld
      ? 'and has no weights of its own that could be to blame'
      : 'and its weights were not held against the source'
  const isFirst = firstDivergence?.index === layer.index
  const channels = isFirst ? firstDivergence.channels : undefined
  const median = medianDb(layers.map((one) => one.own))
  return {
    code: 'OP_SEMANTICS',
    confidence: isHeld ? 0.92 : 0.7,
    message: `'${name}' (${type}) computes something else than the original: on its inputs it gives ${formatDb(own?.sqnrDb)}, where the median layer gives ${formatDb(median)}, ${said}${residual ? `; ${residual.said}` : ''}`,
    evidence: {
      layer: name,
      type,
      blob,
      reference: layer.reference,
      shape: layer.shape,
      singleDb: own?.sqnrDb ?? null,
      entireDb: accumulated?.sqnrDb ?? null,
      medianDb: Number.isFinite(median) ? median : null,
      ...(channels && { channels }),
      ...(residual && { pattern: residual.pattern, ...residual.numbers }),
      ...(match && { source: match.source }),
    },
    fix: {
      twinfer: `Compare the parameters of '${name}' with those of the original's node that makes '${layer.reference}', correct them or convert again; ${cutOut(layer, layers, candidate)}`,
    },
  }
}

/** What the engine's maintainers ask for first. */
function cutOut(
  layer: LayerComparison,
  layers: readonly LayerComparison[],
  { engine, file, reference }: Candidate,
): string {
  const original = { name: reference.name, isPack: reference.pack !== undefined }
  return `for the ${engine} maintainers, cut it out: \`${extractCommand(file.name, layer, layers, original)}\``
}

/** Its result is what the original has before the function. */
function omittedCause(
  { layer, step }: Omitted,
  bad: LayerComparison,
  { layers }: LayersComparison,
  candidate: Candidate,
): Cause {
  const { name, type, blob } = layer
  const median = medianDb(layers.map(({ own }) => own))
  const what = step.type === 'Add' ? 'bias' : 'activation'
  return {
    code: 'OP_SEMANTICS',
    confidence: 0.9,
    message: `'${name}' (${type}) leaves out the ${what} (${step.type}) that the original applies to its result '${layer.reference}': the next layer, '${bad.name}', gives ${formatDb(bad.own?.sqnrDb)} on it, where the median layer gives ${formatDb(median)}`,
    evidence: {
      layer: name,
      type,
      blob,
      reference: layer.reference,
      omitted: step.type,
      nextLayer: bad.name,
      singleDb: bad.own?.sqnrDb ?? null,
      entireDb: bad.accumulated?.sqnrDb ?? null,
      medianDb: Number.isFinite(median) ? median : null,
    },
    fix: {
      twinfer: `Give '${name}' its ${what} (${step.type}) again, or convert the model again; ${cutOut(layer, layers, candidate)}`,
    },
  }
}

/** Its result has a shape that no tensor of the original has, or it is like none. */
function lostCause(
  layer: LayerComparison,
  { layers, matched, unmatched }: LayersComparison,
  candidate: Candidate,
): Cause {
  const { name, type, blob, shape } = layer
  return {
    code: 'OP_SEMANTICS',
    confidence: 0.8,
    message: `from '${name}' (${type}) on nothing is like the original any more: its result of shape [${shape.join(', ')}] has no counterpart there`,
    evidence: { layer: name, type, blob, shape, singleDb: null, matched, unmatched },
    fix: {
      twinfer: `Compare the parameters of '${name}' (strides, pads, axes, sizes) with those of the original's node, correct them or convert again; ${cutOut(layer, layers, candidate)}`,
    },
  }
}

/**
 * The layer's own error, value by value. It is the first bad one, so everything above it is right and a plain run shows
 * its error alone.
 */
async function residualOf(
  candidate: Candidate,
  golden: GoldenRun,
  { blob, reference: counterpart }: LayerComparison,
): Promise<Residual | undefined> {
  const reference = await candidate.reference.openTracer()
  if (!reference || counterpart === null) return undefined
  try {
    const tracer = await candidate.openTracer()
    try {
      const here = await valuesOf(tracer, candidate.feeds(tracer.inputs, golden), blob)
      const there = await valuesOf(reference, golden.inputs, counterpart)
      if (!here || !there || here.length !== there.length) return undefined
      return describeResidual(new Tensor(there.data, here.shape), here)
    } finally {
      await tracer.dispose()
    }
  } finally {
    await reference.dispose()
  }
}

async function valuesOf(
  tracer: LayerTracer,
  inputs: TraceInputs,
  wanted: string,
): Promise<Tensor | undefined> {
  let found: Tensor | undefined
  await tracer.trace(inputs, ({ blob }, tensor) => {
    if (blob === wanted) found = tensor
  })
  return found
}
