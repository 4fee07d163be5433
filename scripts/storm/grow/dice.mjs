/** Choices from a generator of numbers from 0 to 1. */
export function dice(next) {
  const below = (count) => Math.floor(next() * count)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)],
    list: (count, make) => Array.from({ length: Math.max(0, count) }, (_, i) => make(i)),
  }
}

export const product = (sizes) => sizes.reduce((all, size) => all * size, 1)

/** Numbers at which sizes, counts and places break. */
export const breakingNumbers = [
  ...[0, 1, -1, 2, -2, 3, -3, 7, 8, 9, 16, 17, 31, 100, 233, -233, 1000, 65536],
  ...[1_000_003, 2 ** 31 - 1, -(2 ** 31)],
]
