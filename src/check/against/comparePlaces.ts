import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'
import type { FindingList } from '../FindingList.js'
import { Ancestry, groupBy, type Step, stepsOfOnnx } from './Ancestry.js'
import type { EngineWeight } from './Comparand.js'
import { convertAgain } from './channelLoss.js'
import { hasSubgraph } from './compareInterface.js'
import { findMatch } from './matchWeight.js'
import { collectSourceWeights, type SourceWeight } from './SourceWeight.js'
import { originalsOf } from './sourceLayouts.js'
import type { MatchedWeight, WeightComparison, WeightFault } from './WeightComparison.js'

/** A layer or an operator, with the tensors that it computes with: without those that only tell it a size. */
export interface PlacedLayer {
  readonly name: string
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/**
 * Holds the places of the weights that are the source's against its graph: what is computed with what stands there has to
 * be so here. Two layers with each other's weights turn that round, and an exchange puts it right; a weight that stands
 * in two layers, while another of its size stands in none, took that one's place. Branches of one kind that
 * were exchanged as a whole look the same, and what several nodes share is left out.
 */
export async function comparePlaces(
  layers: readonly PlacedLayer[],
  graph: OnnxGraph,
  compared: WeightComparison,
  findingsOf: (weight: EngineWeight) => FindingList,
): Promise<readonly WeightFault[]> {
  if (graph.nodes.some(hasSubgraph)) return []
  const places = Places.of(layers, graph, compared)
  const faults: WeightFault[] = []
  for (const { weight, original, rightful } of places?.misplaced() ?? []) {
    // Two of the same values, as the filters of blurs are, are in each other's place wherever they are.
    const holders = compared.matched.filter((match) => match.original === original)
    const isLikeIt = async (held: EngineWeight) => !!findMatch(held, await held.values(), [rightful])
    if ((await Promise.all(holders.map((match) => isLikeIt(match.weight)))).includes(true)) continue
    findingsOf(weight).error(
      'weights-differ',
      `the weights of '${weight.layer}' are those of '${original.name}', in the place of '${rightful.name}', which has their size (${weight.count})`,
      { layer: weight.layer, offset: weight.offset, help: convertAgain },
    )
    const originals = () => originalsOf(rightful, weight)
    faults.push({ kind: 'exchanged', weight, source: rightful.name, originals, holds: original.name })
  }
  return faults
}

interface Misplaced extends Pick<MatchedWeight, 'weight' | 'original'> {
  /** What the source has in this place. */
  readonly rightful: SourceWeight
}

/** Weights, each taken for one of the source's, by what is computed with what. */
class Places {
  private readonly here: Ancestry
  private readonly there: Ancestry

  private constructor(
    private readonly held: readonly MatchedWeight[],
    private readonly sources: readonly SourceWeight[],
    /** The number of the source that each is taken for. */
    private readonly taken: number[],
    layers: readonly PlacedLayer[],
    steps: readonly Step[],
  ) {
    const weights = groupBy([...held.keys()], (number) => held[number]!.weight.layer)
    const own = layers.map((layer) => ({ ...layer, weights: weights.get(layer.name) ?? [] }))
    this.here = new Ancestry(
      own,
      held.map(({ weight }) => weight.count),
    )
    this.there = new Ancestry(
      steps,
      sources.map(({ count }) => count),
    )
  }

  /** Undefined where there is nothing that could be in another's place. */
  static of(
    layers: readonly PlacedLayer[],
    graph: OnnxGraph,
    { matched, unmatched, faults }: WeightComparison,
  ): Places | undefined {
    const sources = collectSourceWeights(graph).filter(({ isPart }) => !isPart)
    const steps = stepsOfOnnx(
      graph,
      sources.map(({ name }) => name),
    )
    const uses = new Map<number, number>()
    for (const { weights } of steps) for (const each of weights) uses.set(each, (uses.get(each) ?? 0) + 1)
    const names = groupBy(layers, ({ name }) => name)
    const known = new Set([...matched, ...faults].map(({ source }) => source))
    const sizes = new Set(unmatched.map(({ count }) => count))
    const missing = sources.flatMap(({ name, count }, number) =>
      uses.get(number) === 1 && !known.has(name) && !sizes.has(count) ? [number] : [],
    )
    const held: MatchedWeight[] = []
    const taken: number[] = []
    const numbers = new Map(sources.map(({ name }, number) => [name, number]))
    for (const [name, group] of groupBy(matched, ({ source }) => source)) {
      const number = numbers.get(name)
      const isWhole = group.every(({ original }) => !original.isPart)
      if (number === undefined || uses.get(number) !== 1 || !isWhole) continue
      if (group.some(({ weight }) => names.get(weight.layer)?.length !== 1)) continue
      const spare = missing.filter((each) => sources[each]!.count === sources[number]!.count)
      // A converter may write one weight twice, where no other is missed for it.
      const places = [number, ...spare].slice(0, group.length)
      if (places.length < group.length) continue
      for (const one of places.slice(1)) missing.splice(missing.indexOf(one), 1)
      held.push(...group)
      taken.push(...places)
    }
    return held.length > 1 ? new Places(held, sources, taken, layers, steps) : undefined
  }

  /** Exchanges weights of one size as long as that leaves less that contradicts the source. */
  misplaced(): readonly Misplaced[] {
    const { held, sources, taken } = this
    const contradictions = held.map((_, i) => this.contradictionsOf(i))
    for (;;) {
      const best = this.bestExchange(contradictions)
      if (!best) break
      const [i, j] = best
      ;[taken[i], taken[j]] = [taken[j]!, taken[i]!]
      for (const k of held.keys()) contradictions[k] = this.contradictionsOf(k)
    }
    return held.flatMap(({ weight, original }, i) => {
      const rightful = sources[taken[i]!]!
      const isMisplaced = rightful.name !== original.name && contradictions[i] === 0
      return isMisplaced ? [{ weight, original, rightful }] : []
    })
  }

  private bestExchange(contradictions: readonly number[]): readonly [number, number] | undefined {
    const { held, taken } = this
    let best: readonly [number, number] | undefined
    let most = 0
    const doubtful = contradictions.flatMap((count, i) => (count > 0 ? [i] : []))
    for (const [at, i] of doubtful.entries())
      for (const j of doubtful.slice(at + 1)) {
        if (held[i]!.weight.count !== held[j]!.weight.count) continue
        const before = contradictions[i]! + contradictions[j]!
        ;[taken[i], taken[j]] = [taken[j]!, taken[i]!]
        const won = before - this.contradictionsOf(i) - this.contradictionsOf(j)
        ;[taken[i], taken[j]] = [taken[j]!, taken[i]!]
        if (won > most) [most, best] = [won, [i, j]]
      }
    return best
  }

  /** In how many ways others are computed with this one, it with them, or both join, otherwise than in the source. */
  private contradictionsOf(i: number): number {
    const { taken, here, there } = this
    let count = 0
    for (let j = 0; j < taken.length; j++) {
      if (j === i) continue
      const [a, b] = [taken[i]!, taken[j]!]
      if (here.isAbove(i, j) !== there.isAbove(a, b)) count++
      if (here.isAbove(j, i) !== there.isAbove(b, a)) count++
      if (here.side(i, j) * there.side(a, b) < 0) count++
    }
    return count
  }
}
