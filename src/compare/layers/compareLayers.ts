import { answering } from '../../errors/answering.js'
import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import { nameInputs } from '../../model/nameInputs.js'
import type { IsolatingTracer, LayerTracer, TraceInputs } from '../../trace/LayerTracer.js'
import type { JudgedPrecision } from '../judge/passRules.js'
import type { QuickError } from '../measure/measure.js'
import { conformInputs, type InputPairing, pairInputs } from '../outputs/pairInputs.js'
import { type InputKeys, inputKey, inputKeysOf } from './BlobGraph.js'
import { BrokenLayers } from './BrokenLayers.js'
import { CandidateRun } from './CandidateRun.js'
import { findDivergence } from './findDivergence.js'
import type { LayerComparison, LayersComparison } from './LayerComparison.js'
import type { Matches } from './LayerMatcher.js'
import type { LayerPass } from './LayerPass.js'
import { RecordedReference } from './RecordedReference.js'

export interface CompareLayersOptions {
  /** What the candidate really ran in, or stores its weights in where that is lower. Default: 'fp32'. */
  readonly precision?: JudgedPrecision
  /** The same inputs as the candidate calls and types them. Default: by name, or in order. */
  readonly candidateInputs?: TraceInputs
  /** What the candidate was given where it was deployed: then its accumulated errors are those of that run. */
  readonly deployedInputs?: TraceInputs
  /** Most runs of the candidate's layers by which those that are like nothing are to be understood. Default: 24. */
  readonly mostRuns?: number
}

const optionNames: OptionNames<CompareLayersOptions> = {
  precision: true,
  candidateInputs: true,
  deployedInputs: true,
  mostRuns: true,
}

/** Runs after which a layer that is not understood stays so; a sound model needs one. */
const usualRuns = 24

/**
 * Compares two models layer by layer: which of the reference's tensors each layer of the candidate computes (by
 * order, shape and value, as converters fuse layers and rename blobs), how far it is from it as the model ran, and
 * how far on the reference's own inputs. The reference's tensors stay in memory up to 192 MB and in a temporary
 * file beyond.
 *
 * @param inputs what `run` takes, as the reference calls and types them.
 * @throws TwinferError what the tracers throw.
 */
export const compareLayers = answering(
  'compareLayers',
  async function compareLayers(
    reference: LayerTracer,
    candidate: IsolatingTracer,
    inputs: TraceInputs,
    options: CompareLayersOptions = {},
  ): Promise<LayersComparison> {
    requireOptions(options, optionNames)
    const { precision = 'fp32', deployedInputs, mostRuns = usualRuns } = options
    const given = nameInputs(reference.inputs, inputs)
    const { candidateInputs } = options
    const shapes = reference.inputs.map((info) => ({ ...info, shape: given[info.name]?.shape ?? info.shape }))
    const pairing = pairInputs(shapes, candidate.inputs)
    const feeds = candidateInputs ?? conformInputs(reference.inputs, candidate.inputs, given).feeds
    const recorded = await RecordedReference.record(reference, given)
    try {
      const broken = new BrokenLayers(recorded)
      const run = new CandidateRun(candidate, recorded, broken, inputKeys(candidate, pairing, reference))
      const { layers: traced, pass: whole } = await run.trace(feeds)
      const isolated = await settle(run, broken, feeds, whole.matches, mostRuns)
      const same = !deployedInputs && sameMatches(isolated.matches, whole.matches)
      const accumulated = same
        ? errorsOf(whole)
        : await run.measure(deployedInputs ?? feeds, isolated.matches)
      const layers = traced.map(({ statistics, ...layer }): LayerComparison => {
        const { match, error = null } = isolated.blobs.get(layer.blob) ?? {}
        return {
          ...layer,
          reference: match?.blob ?? null,
          accumulated: accumulated.get(layer.blob) ?? null,
          own: error,
          statistics,
        }
      })
      const matched = layers.filter((layer) => layer.reference !== null).length
      return {
        layers,
        firstDivergence: findDivergence(layers, isolated, precision),
        matched,
        unmatched: layers.length - matched,
      }
    } finally {
      recorded.dispose()
    }
  },
)

/** What the candidate's inputs are called in the graph: as the reference's that they are. */
function inputKeys(candidate: LayerTracer, { pairs }: InputPairing, reference: LayerTracer): InputKeys {
  const keys = inputKeysOf(reference.inputs)
  const partners = new Map(pairs.map((pair) => [pair.candidate, keys.get(pair.reference)!]))
  const own = candidate.inputs.map(({ name }) => [
    name,
    partners.get(name) ?? `${inputKey(name)} of the candidate`,
  ])
  return new Map(own as [string, string][])
}

/** Isolated runs until the layers that match, and the guesses about broken ones, no longer change. */
async function settle(
  run: CandidateRun,
  broken: BrokenLayers,
  feeds: TraceInputs,
  first: Matches,
  mostRuns: number,
): Promise<LayerPass> {
  let fed = first
  for (let runs = 1; ; runs++) {
    const pass = await run.isolate(feeds, fed)
    const again = broken.learn(pass) || !sameMatches(pass.matches, fed)
    if (!again || runs === mostRuns) return pass
    fed = pass.matches
  }
}

function sameMatches(a: Matches, b: Matches): boolean {
  return a.size === b.size && [...a].every(([blob, match]) => b.get(blob) === match)
}

function errorsOf(pass: LayerPass): ReadonlyMap<string, QuickError> {
  return new Map(
    [...pass.blobs.values()].flatMap(({ blob, error }) => (error ? [[blob, error] as const] : [])),
  )
}
