import type { OnnxGraph } from '../../onnx/graph/OnnxGraph.js'

/** A node or a layer: what it reads of others, and the numbers of the weights that it applies to that. */
export interface Step {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly weights: readonly number[]
}

/** Their inputs are no equals, and stand in one order in all formats. */
const ordered = /concat|matmul|gemm|sdpa|attention/i

/** Of numbered weights, which are applied above which: what one is applied to was computed with the other. */
export class Ancestry {
  private readonly above: readonly Bits[]
  /** Of two of one size in branches that meet: 1 where the first is in the earlier input, -1 where it is in the later one. */
  private readonly sides = new Map<number, number>()
  private readonly peers: ReadonlyMap<number, readonly number[]>

  /**
   * @param steps in an order in which they can run.
   * @param sizes of the weights.
   */
  constructor(
    steps: readonly Step[],
    private readonly sizes: readonly number[],
  ) {
    const bits = () => new Uint32Array((sizes.length + 31) >> 5)
    this.above = sizes.map(bits)
    this.peers = groupBy([...sizes.keys()], (number) => sizes[number]!)
    const behind = new Map<string, Bits>()
    for (const { type, inputs, outputs, weights } of steps) {
      const all = bits()
      const branches = inputs.flatMap((input) => behind.get(input) ?? [])
      for (const branch of branches) for (const [i, word] of branch.entries()) all[i]! |= word
      this.meet(branches, all, ordered.test(type))
      for (const weight of weights) this.above[weight]!.set(all)
      for (const weight of weights) all[weight >> 5]! |= 1 << (weight & 31)
      for (const output of outputs) behind.set(output, all)
    }
  }

  isAbove(a: number, b: number): boolean {
    return has(this.above[b]!, a)
  }

  /** 0 where it is not known. */
  side(a: number, b: number): number {
    return a < b ? (this.sides.get(this.key(a, b)) ?? 0) : -(this.sides.get(this.key(b, a)) ?? 0)
  }

  private key(a: number, b: number): number {
    return a * this.sizes.length + b
  }

  /** The first place where two branches meet says which is which, or that they are equals. */
  private meet(branches: readonly Bits[], all: Bits, isOrdered: boolean): void {
    if (branches.length < 2) return
    for (const [a] of this.sizes.entries()) {
      if (!has(all, a)) continue
      for (const b of this.peers.get(this.sizes[a]!)!) {
        if (b <= a || !has(all, b) || this.isAbove(a, b) || this.isAbove(b, a)) continue
        if (this.sides.has(this.key(a, b))) continue
        const [first, second] = [a, b].map((weight) => branches.map((branch) => has(branch, weight)))
        if (branches.some((_, i) => first![i] && second![i])) continue
        const side = Math.sign(second!.indexOf(true) - first!.indexOf(true))
        this.sides.set(this.key(a, b), isOrdered ? side : 0)
      }
    }
  }
}

type Bits = Uint32Array

function has(bits: Bits, number: number): boolean {
  return ((bits[number >> 5]! >>> (number & 31)) & 1) === 1
}

export function groupBy<K, T>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}

/**
 * The nodes of a graph that compute something from its inputs, with the named weights that they apply. A weight that
 * is turned or copied first is applied by the node behind that; what goes through a shape does not count, as converters
 * make constants of it.
 */
export function stepsOfOnnx({ nodes, initializers }: OnnxGraph, names: readonly string[]): readonly Step[] {
  const numbers = new Map(names.map((name, number) => [name, number]))
  /** The weights in each constant. */
  const constants = new Map<string, readonly number[]>([...initializers.keys()].map((name) => [name, []]))
  const weightsIn = (blob: string) => {
    const own = numbers.get(blob)
    return own === undefined ? (constants.get(blob) ?? []) : [own]
  }
  const steps: Step[] = []
  for (const { opType, inputs, outputs } of nodes) {
    const given = inputs.filter((blob) => blob !== '')
    const computed = given.filter((blob) => !constants.has(blob))
    const weights = given.filter((blob) => constants.has(blob)).flatMap(weightsIn)
    if (opType === 'Shape' || opType === 'Size') for (const blob of outputs) constants.set(blob, [])
    else if (computed.length === 0) for (const blob of outputs) constants.set(blob, weights)
    else steps.push({ type: opType, inputs: computed, outputs, weights })
  }
  return steps
}
