import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'

export type NamePair = readonly [reference: string, candidate: string]

/** What `--pair REFERENCE=CANDIDATE` says, of outputs and of inputs. Names may hold `=` themselves. */
export class GivenPairs {
  readonly #specs: readonly string[]
  readonly #used = new Set<string>()

  constructor(specs: readonly string[] = []) {
    this.#specs = specs
    for (const spec of specs) {
      if (splitsOf(spec).length > 0) continue
      throw new TwinferError('TWINFER_USAGE', `--pair: expected REFERENCE=CANDIDATE, received '${spec}'`)
    }
  }

  get isEmpty(): boolean {
    return this.#specs.length === 0
  }

  /** The pairs of which both names are known, each name once. Throws TWINFER_USAGE for a name in two pairs. */
  among(reference: readonly string[], candidate: readonly string[]): readonly NamePair[] {
    const pairs: NamePair[] = []
    for (const spec of this.#specs) {
      const pair = splitsOf(spec).find(([a, b]) => reference.includes(a) && candidate.includes(b))
      if (pair === undefined) continue
      this.#used.add(spec)
      if (pairs.some(([a, b]) => a === pair[0] || b === pair[1])) {
        throw new TwinferError(
          'TWINFER_USAGE',
          `--pair ${spec}: one of these names is in another pair already`,
        )
      }
      pairs.push(pair)
    }
    return pairs
  }

  /** Throws TWINFER_UNKNOWN_OUTPUT for a pair whose first name the reference does not have. */
  requireReference(names: readonly string[]): void {
    for (const spec of this.#specs) {
      if (splitsOf(spec).some(([name]) => names.includes(name))) continue
      throw unknown(spec, 'the reference', splitsOf(spec)[0]![0], names)
    }
  }

  /** Throws TWINFER_UNKNOWN_OUTPUT for a pair that no candidate could use. */
  requireUsed(names: readonly string[]): void {
    for (const spec of this.#specs) {
      if (!this.#used.has(spec)) throw unknown(spec, 'a candidate', splitsOf(spec).at(-1)![1], names)
    }
  }
}

function splitsOf(spec: string): readonly NamePair[] {
  return [...spec.matchAll(/=/g)]
    .map(({ index }): NamePair => [spec.slice(0, index), spec.slice(index + 1)])
    .filter(([reference, candidate]) => reference !== '' && candidate !== '')
}

function unknown(spec: string, whose: string, name: string, names: readonly string[]): TwinferError {
  return new TwinferError(
    'TWINFER_UNKNOWN_OUTPUT',
    `--pair ${spec}: expected an output or an input of ${whose} (${names.join(', ')}), received '${name}'`,
    { help: suggest(name, names) },
  )
}
