import { similarity } from './LayerMatcher.js'
import type { LayerPass } from './LayerPass.js'
import type { RecordedReference, RecordedTensor } from './RecordedReference.js'

interface Guess {
  readonly options: readonly RecordedTensor[]
  at: number
  settled: boolean
}

const mostOptions = 5

/**
 * A broken layer's output is like no tensor of the reference, and neither is anything below it. Which tensor it
 * should have been is tried out: fed with the right one, the layers below come out right.
 */
export class BrokenLayers {
  readonly #guesses = new Map<string, Guess>()
  readonly #reference: RecordedReference

  constructor(reference: RecordedReference) {
    this.#reference = reference
  }

  guess(blob: string): RecordedTensor | undefined {
    const guess = this.#guesses.get(blob)
    return guess?.options[guess.at]
  }

  /** Learns from a run. True where there is something new to try in another one. */
  learn(pass: LayerPass): boolean {
    const moved = [...this.#guesses].filter(([blob, guess]) => this.#judge(blob, guess, pass))
    const found = this.#find(pass)
    for (const [blob, options] of found) {
      // A layer that nothing reads cannot be tried out.
      this.#guesses.set(blob, { options, at: 0, settled: pass.graph.children(blob).length === 0 })
    }
    return moved.length > 0 || found.length > 0
  }

  /** True where the next option is to be tried. */
  #judge(blob: string, guess: Guess, pass: LayerPass): boolean {
    if (guess.settled) return false
    const below = pass.graph.descendants(blob, (name) => pass.isMatched(name))
    if ([...below].some((name) => pass.isSound(name))) {
      guess.settled = true
      return false
    }
    guess.at++
    if (guess.at < guess.options.length) return true
    guess.at = 0
    guess.settled = true
    return guess.options.length > 1
  }

  /** The first unmatched blobs from which nothing sound is computed, with what they may stand for. */
  #find(pass: LayerPass): readonly (readonly [blob: string, options: readonly RecordedTensor[]])[] {
    const broken = new Set<string>()
    const found: [string, readonly RecordedTensor[]][] = []
    for (const { blob, match } of pass.blobs.values()) {
      if (match !== undefined || hasSoundResults(blob, pass)) continue
      const above = pass.graph.ancestors(blob, (name) => pass.isMatched(name) || broken.has(name))
      if ([...above].some((name) => broken.has(name))) {
        broken.add(blob)
        continue
      }
      const options = this.#options(blob, above, pass)
      if (options.length === 0) continue
      broken.add(blob)
      found.push([blob, options])
    }
    return found
  }

  /** Tensors of the same shape that the reference computes from the same tensors, the likeliest first. */
  #options(blob: string, above: ReadonlySet<string>, pass: LayerPass): readonly RecordedTensor[] {
    const { shape, sample } = pass.blobs.get(blob)!
    const roots = new Set([...above].map((name) => pass.blobs.get(name)?.match?.blob ?? name))
    const taken = new Set([...pass.blobs.values()].map(({ match }) => match))
    const nonNegative = isNonNegative(sample!)
    return this.#reference
      .withShape(shape)
      .filter((tensor) => !taken.has(tensor) && this.#isComputedFrom(tensor, roots))
      .map((tensor) => ({
        tensor,
        sameName: tensor.blob === blob,
        agree: similarity(tensor.sample, sample!).agree,
        sameSign: isNonNegative(tensor.sample) === nonNegative,
      }))
      .sort(
        (a, b) =>
          Number(b.sameName) - Number(a.sameName) ||
          Number(b.sameSign) - Number(a.sameSign) ||
          b.agree - a.agree ||
          a.tensor.index - b.tensor.index,
      )
      .slice(0, mostOptions)
      .map(({ tensor }) => tensor)
  }

  #isComputedFrom({ blob }: RecordedTensor, roots: ReadonlySet<string>): boolean {
    const reached = this.#reference.graph.ancestors(blob, (name) => roots.has(name))
    return reached.size > 0 && [...reached].every((name) => roots.has(name))
  }
}

function hasSoundResults(blob: string, pass: LayerPass): boolean {
  const below = [...pass.graph.descendants(blob, (name) => pass.isMatched(name))]
  return below.length > 0 && below.every((name) => pass.isSound(name))
}

/** As after a ReLU; NaN says nothing. */
function isNonNegative(sample: Float32Array): boolean {
  return !sample.some((value) => value < 0)
}
