/** A search that is under way: how many sets were tried. */
export interface SetSearch<T> {
  readonly set: readonly T[]
  readonly trials: number
}

/**
 * A smallest set that passes, of items in the order of what they cost: the shortest run of the dearest ones is found by
 * doubling and halving, then whatever can be left out is, in ever smaller groups from the cheapest on (delta debugging).
 * Leaving out any single item of the answer fails. Undefined where even all of them fail.
 *
 * Errors do not add up in one direction, so another set, just as small, may pass as well.
 */
export async function smallestSet<T>(
  ranked: readonly T[],
  passes: (set: readonly T[]) => Promise<boolean>,
): Promise<SetSearch<T> | undefined> {
  const known = new Map<string, boolean>()
  const places = new Map(ranked.map((item, at) => [item, at]))
  const ask = async (set: readonly T[]) => {
    const key = set.map((item) => places.get(item)).join()
    const answer = known.get(key) ?? (await passes(set))
    known.set(key, answer)
    return answer
  }
  if (!(await ask(ranked))) return undefined
  const grown = ranked.slice(0, await leastPrefix(ranked.length, (length) => ask(ranked.slice(0, length))))
  const set = await shrink(grown, ask)
  return { set, trials: known.size }
}

/** The least length that passes, given that `all` does and that more is seldom worse. */
async function leastPrefix(all: number, passes: (length: number) => Promise<boolean>): Promise<number> {
  let failing = -1
  let passing = all
  for (let length = 0; length < all; length = Math.max(1, 2 * length)) {
    if (await passes(length)) {
      passing = length
      break
    }
    failing = length
  }
  while (passing - failing > 1) {
    const middle = (passing + failing) >> 1
    if (await passes(middle)) passing = middle
    else failing = middle
  }
  return passing
}

async function shrink<T>(
  from: readonly T[],
  passes: (set: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let set = from
  for (let size = Math.max(1, set.length >> 2); ; size >>= 1) {
    let removed = false
    for (let end = set.length; end > 0; end -= size) {
      const rest = [...set.slice(0, Math.max(0, end - size)), ...set.slice(end)]
      if (!(await passes(rest))) continue
      set = rest
      removed = true
    }
    // What could not be left out before may be now.
    if (size === 1 && !removed) return set
    if (size === 1) size = 2
  }
}
