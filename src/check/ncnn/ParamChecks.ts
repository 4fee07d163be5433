import type { LayerParams } from './LayerParams.js'

const largestInt = 2 ** 31 - 1

/** Collects what contradicts itself in a layer's parameters, as `expected …, received …`. */
export class ParamChecks {
  readonly problems: string[] = []

  constructor(private readonly params: LayerParams) {}

  expect(holds: boolean, expected: string, received: unknown): void {
    if (!holds) this.problems.push(`expected ${expected}, received ${received}`)
  }

  atLeast(what: string, key: number, least: number, otherwise = 0): void {
    const value = this.params.int(key, otherwise)
    this.expect(value >= least, `${what} (${key}=) of at least ${least}`, value)
  }

  /** Above 0 and divisible by `of`, which `formula` explains. */
  multiple(what: string, key: number, of: number, formula: string): void {
    const value = this.params.int(key)
    const holds = value > 0 && of > 0 && value % of === 0
    this.expect(holds, `${what} (${key}=) to be a multiple of ${formula} = ${of}`, value)
  }

  /** Every factor above 0 and a product that fits an int, in which ncnn computes it. */
  product(what: string, ...factors: readonly number[]): void {
    const product = factors.reduce((a, b) => a * b, 1)
    const holds = factors.every((factor) => factor > 0) && product <= largestInt
    this.expect(holds, `${what} of 1 to ${largestInt} elements`, factors.join(' x '))
  }
}
