const blockSize = 1024
const judgedWhole = 2 ** 20

/**
 * The stretches of a tensor from which its distributions (ULP histogram, grid shares) are taken: all of up to
 * 2^20 elements, of more every n-th block of 1024, so that about as many are judged. As in cpp/metrics.
 */
export function* judgedBlocks(elements: number): Generator<readonly [start: number, end: number]> {
  const step = blockSize * Math.max(1, Math.ceil(elements / judgedWhole))
  for (let start = 0; start < elements; start += step) {
    yield [start, Math.min(elements, start + blockSize)]
  }
}
