import type { MnnOp } from '../inspect/mnn/MnnReport.js'
import type { NativeTracedOperator } from '../native.js'
import { elementsOf } from '../tensor/elementsOf.js'
import { type MnnBlob, mnnBlobs } from './mnnBlobs.js'

/** Commands whose outputs are copied out in one run, and the model's tensors among them. */
export interface TracePart {
  readonly first: number
  readonly end: number
  readonly blobs: readonly MnnBlob[]
}

/** How many bytes of outputs one run may copy out. */
const mostBytes = 96 * 2 ** 20

/** What MNN executes for one set of input shapes, from a run that called back and computed nothing. */
export class MnnPlan {
  readonly #commands: readonly NativeTracedOperator[]
  readonly #blobs: readonly MnnBlob[]
  readonly #shown: ReadonlyMap<string, MnnBlob>
  readonly #producers: ReadonlyMap<string, MnnOp>

  constructor(ops: readonly MnnOp[], commands: readonly NativeTracedOperator[]) {
    this.#commands = commands
    this.#blobs = mnnBlobs(
      ops,
      commands.map(({ name }) => name),
    )
    this.#shown = new Map(this.#blobs.map((shown) => [shown.blob, shown]))
    this.#producers = new Map(ops.flatMap((op) => op.outputs.map((blob) => [blob, op] as const)))
  }

  /** All commands in order, cut where the outputs would grow beyond the budget. */
  parts(): readonly TracePart[] {
    const parts: TracePart[] = []
    let first = 0
    let bytes = 0
    for (const [command, { shapes }] of this.#commands.entries()) {
      bytes += 4 * shapes.map(elementsOf).reduce((a, b) => a + b, 0)
      if (bytes < mostBytes && command < this.#commands.length - 1) continue
      const end = command + 1
      const blobs = this.#blobs.filter((shown) => shown.command >= first && shown.command < end)
      parts.push({ first, end, blobs })
      first = end
      bytes = 0
    }
    return parts
  }

  /** What the commands took, for each blob: from behind the blob shown before it up to its own command. */
  timesOf(ms: readonly number[]): ReadonlyMap<string, number> {
    const times = new Map<string, number>()
    let next = 0
    for (const { blob, command } of this.#blobs) {
      let sum = 0
      for (; next <= command; next++) sum += ms[next] ?? 0
      times.set(blob, sum)
    }
    const last = this.#blobs.at(-1)
    if (last) for (; next < ms.length; next++) times.set(last.blob, times.get(last.blob)! + ms[next]!)
    return times
  }

  /** The blobs that a part's operators work on, seen through those that MNN does not compute. */
  readBy({ blobs }: TracePart): readonly MnnBlob[] {
    const read = new Set<MnnBlob>()
    const open = blobs.flatMap(({ op }) => op.inputs)
    const seen = new Set<string>()
    for (const blob of open) {
      if (seen.has(blob)) continue
      seen.add(blob)
      const shown = this.#shown.get(blob)
      if (shown) read.add(shown)
      else open.push(...(this.#producers.get(blob)?.inputs ?? []))
    }
    return [...read]
  }
}
