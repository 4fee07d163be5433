/** How much arithmetic separates an output from the inputs: what rounding errors grow with. */
export interface ModelWork {
  /** Layers with multiply-accumulate on the longest path. */
  readonly depth: number
  /** Length of the longest dot product that the weights tell; 0 without any. */
  readonly longestDot: number
  /**
   * GELUs by the tanh formula, which is 72 dB from the one by erf. Exponentials and reciprocal square roots are
   * not counted: both engines' are exact to 135 dB and more.
   */
  readonly approximated: number
}

/** One layer of either engine, for counting. */
interface WorkNode {
  readonly inputs: readonly (string | number)[]
  readonly outputs: readonly (string | number)[]
  /** Null where it does not multiply and accumulate; 0 where its length depends on the input. */
  readonly dot: number | null
  readonly approximated: boolean
}

export function sumUpWork(nodes: Iterable<WorkNode>): ModelWork {
  const depths = new Map<string | number, number>()
  let [depth, longestDot, approximated] = [0, 0, 0]
  for (const node of nodes) {
    let here = node.dot === null ? 0 : 1
    for (const input of node.inputs) {
      const before = depths.get(input) ?? 0
      here = Math.max(here, before + (node.dot === null ? 0 : 1))
    }
    for (const output of node.outputs) depths.set(output, here)
    depth = Math.max(depth, here)
    longestDot = Math.max(longestDot, node.dot ?? 0)
    if (node.approximated) approximated++
  }
  return { depth, longestDot, approximated }
}
