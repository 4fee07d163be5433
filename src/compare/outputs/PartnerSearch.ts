/** Two outputs that are compared with each other. */
export interface OutputPair {
  readonly reference: string
  readonly candidate: string
  readonly by: PairedBy
}

/**
 * What a pair rests on, strongest first. `given`: the caller says so. `name`: both have it. `number`: pnnx calls
 * what it converts out0, out1, … (in0, in1, …) in the original's order, whatever the place in its own file is.
 * `value` and `shape`: no other output is like it. `order`: nothing tells more than the place.
 */
export type PairedBy = 'given' | 'name' | 'number' | 'value' | 'shape' | 'order'

export interface OutputPairing {
  /** In the reference's order. */
  readonly pairs: readonly OutputPair[]
  /** The reference's outputs without a partner: a failure, never a skipped check. */
  readonly missing: readonly string[]
  /** The candidate's outputs without a partner. */
  readonly extra: readonly string[]
}

/** What a side of a comparison has to find a partner for; `key` tells shapes apart, where one is known. */
export interface Partner {
  readonly name: string
  readonly key?: string | undefined
}

export type NamePair = readonly [reference: string, candidate: string]

const pnnxName = /^(?:in|out)(\d+)$/

/** Pairs up two sides step by step; what has found its partner is out of the game. */
export class PartnerSearch {
  readonly #pairs: OutputPair[] = []
  readonly #reference: readonly Partner[]
  readonly #candidate: readonly Partner[]

  constructor(reference: readonly Partner[], candidate: readonly Partner[]) {
    this.#reference = reference
    this.#candidate = candidate
  }

  /** In the reference's order. */
  get pairs(): readonly OutputPair[] {
    const order = new Map(this.#reference.map(({ name }, i) => [name, i]))
    return [...this.#pairs].sort((a, b) => order.get(a.reference)! - order.get(b.reference)!)
  }

  get openReference(): readonly Partner[] {
    return this.#reference.filter(({ name }) => !this.#pairs.some(({ reference }) => reference === name))
  }

  get openCandidate(): readonly Partner[] {
    return this.#candidate.filter(({ name }) => !this.#pairs.some(({ candidate }) => candidate === name))
  }

  take(reference: string, candidate: string, by: PairedBy): void {
    this.#pairs.push({ reference, candidate, by })
  }

  byGiven(given: readonly NamePair[]): void {
    for (const [reference, candidate] of given) {
      const isOpen =
        this.openReference.some(({ name }) => name === reference) &&
        this.openCandidate.some(({ name }) => name === candidate)
      if (isOpen) this.take(reference, candidate, 'given')
    }
  }

  byName(): void {
    const names = new Set(this.openCandidate.map(({ name }) => name))
    for (const { name } of this.openReference) if (names.has(name)) this.take(name, name, 'name')
  }

  /**
   * By the numbers that one side's names are, as places on the other side. Does nothing unless all that is left
   * has numbers and both sides are whole: of fewer outputs nobody knows whether they were counted anew.
   *
   * @param numbered the side that may have numbers.
   * @param isRefuted whether something speaks against all these pairs: then none is taken.
   */
  byNumber(
    numbered: 'reference' | 'candidate',
    isRefuted: (pairs: readonly NamePair[]) => boolean = () => false,
  ): void {
    if (this.#reference.length !== this.#candidate.length) return
    const open = numbered === 'reference' ? this.openReference : this.openCandidate
    const others = numbered === 'reference' ? this.openCandidate : this.openReference
    const places = numbered === 'reference' ? this.#candidate : this.#reference
    const found = open.map(({ name }) => ({ name, other: places[pnnxNumber(name) ?? -1] }))
    if (new Set(found.map(({ other }) => other)).size < found.length) return
    if (found.some(({ other }) => other === undefined || !others.includes(other))) return
    const pairs = found.map(
      ({ name, other }): NamePair => (numbered === 'reference' ? [name, other!.name] : [other!.name, name]),
    )
    if (isRefuted(pairs)) return
    for (const [reference, candidate] of pairs) this.take(reference, candidate, 'number')
  }

  /** What is alone with its shape on both sides. */
  byShape(): void {
    for (const [key, references] of groups(this.openReference)) {
      const candidates = this.openCandidate.filter((partner) => partner.key === key)
      if (references.length === 1 && candidates.length === 1) {
        this.take(references[0]!.name, candidates[0]!.name, 'shape')
      }
    }
  }

  /** By place, first among those of one shape, then whatever is left; only where as many are left on both sides. */
  byOrder(): void {
    for (const [key, references] of groups(this.openReference)) {
      const candidates = this.openCandidate.filter((partner) => partner.key === key)
      if (references.length === candidates.length) this.#inOrder(references, candidates)
    }
    if (this.openReference.length === this.openCandidate.length) {
      this.#inOrder(this.openReference, this.openCandidate)
    }
  }

  #inOrder(references: readonly Partner[], candidates: readonly Partner[]): void {
    for (const [i, { name }] of references.entries()) this.take(name, candidates[i]!.name, 'order')
  }
}

/** The number in a name that pnnx gave. */
export function pnnxNumber(name: string): number | undefined {
  const [, digits] = pnnxName.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function groups(partners: readonly Partner[]): ReadonlyMap<string, readonly Partner[]> {
  const found = new Map<string, Partner[]>()
  for (const partner of partners) {
    if (partner.key !== undefined) found.set(partner.key, [...(found.get(partner.key) ?? []), partner])
  }
  return found
}
