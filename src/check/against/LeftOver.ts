import type { SourceWeight } from './SourceWeight.js'

/** Of equal size, in the order of the graph: the right one is among the next few. */
const mostCandidates = 64

/** The source weights that no weight of the model was found to be. */
export class LeftOver {
  private readonly sources: Set<SourceWeight>
  private readonly taken: SourceWeight[] = []

  constructor(sources: readonly SourceWeight[]) {
    this.sources = new Set(sources)
  }

  ofSize(count: number): readonly SourceWeight[] {
    return [...this.sources].filter((source) => source.count === count).slice(0, mostCandidates)
  }

  /** A weight that several layers share is written once for each. */
  takenOfSize(count: number): readonly SourceWeight[] {
    return this.taken.filter((source) => source.count === count).slice(0, mostCandidates)
  }

  take(taken: SourceWeight): void {
    if (!this.taken.includes(taken)) this.taken.push(taken)
    for (const source of this.sources) if (source.overlaps(taken)) this.sources.delete(source)
  }
}
