import { setImmediate as turn } from 'node:timers/promises'
import { answeringMethods, passingOn } from '../errors/answering.js'
import type { MnnOp } from '../file/MnnReport.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { ForwardType } from '../mnn/ScheduleConfig.js'
import type { OpenOptions, TensorInfo } from '../model/options.js'
import { runnerOptions } from '../model/runnerOptions.js'
import type { NativeReplacement, NativeSession, NativeTracedOperator } from '../native/NativeMnn.js'
import { native } from '../native/native.js'
import { elementsOf } from '../tensor/elementsOf.js'
import type { Tensor } from '../tensor/Tensor.js'
import {
  type IsolatingTracer,
  orderInputs,
  type TraceInputs,
  type TraceStep,
  type VisitLayer,
} from './LayerTracer.js'
import { showBlob } from './showBlob.js'

/** Timed runs, and the milliseconds after which there is no further one. */
const mostTimedRuns = 5
const enoughMs = 150

/** Computes nothing while it runs. */
const still = new Set(['Input', 'Const', 'TrainableParam'])

/**
 * Traces an MNN model in a Session: MNN calls back for every command, natively, where each output is copied out
 * before MNN uses its memory again. Models of more than a few dozen MB of blobs run several times, each time
 * for the next part of them.
 */
export class MnnTracer implements IsolatingTracer {
  readonly engine = 'mnn'
  readonly inputs: readonly TensorInfo[]
  readonly steps: readonly TraceStep[]
  readonly #session: NativeSession
  readonly #ops: readonly MnnOp[]
  #plan: MnnPlan | undefined

  private constructor(session: NativeSession, ops: readonly MnnOp[]) {
    this.#session = session
    this.#ops = ops
    this.inputs = mnnInputs(session)
    this.steps = ops.filter(({ type }) => !still.has(type))
  }

  /**
   * Takes what `open()` takes.
   *
   * @throws TwinferError what `open()` throws, and TWINFER_MODEL_UNSUPPORTED for a model with control flow.
   */
  static async open(model: ModelSource, options: OpenOptions = {}): Promise<MnnTracer> {
    const requested = runnerOptions(options)
    const file = await ModelFile.from(model, { engine: 'mnn' })
    const interpreter = new (native().mnn.Interpreter)(file.model)
    const session = interpreter.createSessionFor(requested)
    const { operators } = await file.mnnNet()
    const ops = operators.filter(({ subgraph }) => subgraph === null)
    return new MnnTracer(session, ops)
  }

  async trace(inputs: TraceInputs, visit: VisitLayer): Promise<void> {
    await this.#run(inputs, () => undefined, visit)
  }

  async isolate(
    inputs: TraceInputs,
    feed: (blob: string) => Tensor | undefined,
    visit: VisitLayer,
  ): Promise<void> {
    await this.#run(inputs, feed, visit)
  }

  async dispose(): Promise<void> {
    this.#session.release()
  }

  async #run(
    inputs: TraceInputs,
    feed: (blob: string) => Tensor | undefined,
    visit: VisitLayer,
  ): Promise<void> {
    const ordered = orderInputs(this.inputs, inputs)
    const feedOf = passingOn(feed)
    const plan = this.#size(ordered)
    const timeOf = this.#timer(ordered, plan)
    let index = 0
    for (const part of plan.parts()) {
      this.#fill(ordered)
      const replacements = plan.readBy(part).flatMap(({ blob, command, output }): NativeReplacement[] => {
        const fed = feedOf(blob)
        return fed ? [{ command, output, data: fed.data, shape: fed.shape }] : []
      })
      const ran = this.#session.runTraced({ values: true, first: part.first, end: part.end, replacements })
      for (const { op, blob, command, output } of part.blobs) {
        const computed = ran[command - part.first]!.outputs[output]!
        // Shapes and indices, which nobody compares by their distance.
        if (computed.dtype !== 'float32') continue
        showBlob(visit, { index: index++, name: op.name, type: op.type, blob }, computed, () => timeOf(blob))
      }
      await turn()
    }
  }

  /** The time of a blob; all of them are measured at the first call. */
  #timer(inputs: readonly Tensor[], plan: MnnPlan): (blob: string) => number | null {
    let times: ReadonlyMap<string, number> | undefined
    return (blob) => {
      if (this.#session.info().backend === ForwardType.VULKAN) return null
      times ??= plan.timesOf(this.#time(inputs))
      return times.get(blob) ?? null
    }
  }

  /** Milliseconds of each command in the median of some runs, after one in which memory is touched. */
  #time(inputs: readonly Tensor[]): readonly number[] {
    const runs: { readonly times: readonly number[]; readonly total: number }[] = []
    let spent = 0
    for (let i = 0; i <= mostTimedRuns && spent < enoughMs; i++) {
      this.#fill(inputs)
      const times = this.#session.timeOperators()
      const total = times.reduce((a, b) => a + b, 0)
      if (i === 0) continue
      runs.push({ times, total })
      spent += total
    }
    runs.sort((a, b) => a.total - b.total)
    return runs[(runs.length - 1) >> 1]!.times
  }

  /** Gives the session the inputs' shapes, and finds out what MNN executes for them. */
  #size(inputs: readonly Tensor[]): MnnPlan {
    const tensors = this.#session.inputNames.map((name) => this.#session.input(name))
    const changed = tensors.filter((tensor, i) => tensor.shape.join() !== inputs[i]!.shape.join())
    for (const tensor of changed) {
      this.#session.resizeTensor(tensor, inputs[tensors.indexOf(tensor)]!.shape)
    }
    if (changed.length > 0) this.#session.resize()
    if (changed.length > 0 || !this.#plan) {
      this.#plan = new MnnPlan(this.#ops, this.#session.runTraced({ dry: true }))
    }
    return this.#plan
  }

  #fill(inputs: readonly Tensor[]): void {
    for (const [i, name] of this.#session.inputNames.entries()) {
      this.#session.input(name).copyFromHost(inputs[i]!.data, inputs[i]!.shape)
    }
  }
}

answeringMethods(MnnTracer)

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

/** Where a model's tensor appears while MNN runs: an output of one of the commands it executes. */
export interface MnnBlob {
  readonly op: MnnOp
  readonly blob: string
  readonly command: number
  readonly output: number
}

/** A command's name is its operator's, or that with a number for those that MNN's geometry step made of it. */
const generated = /_raster_\d+$/

/**
 * Finds the tensors of a model among the commands that run it, in the order of execution. An operator that was
 * cut into several shows its result in the last of them; one whose outputs are copied together one by one (a
 * Split) shows one in each. Tensors that MNN reads through without computing them appear nowhere.
 */
export function mnnBlobs(ops: readonly MnnOp[], commandNames: readonly string[]): readonly MnnBlob[] {
  const byName = new Map(ops.map((op) => [op.name, op]))
  const commands = new Map<MnnOp, number[]>()
  for (const [command, name] of commandNames.entries()) {
    const op = byName.get(name) ?? byName.get(name.replace(generated, ''))
    if (op) commands.set(op, [...(commands.get(op) ?? []), command])
  }
  const blobs = [...commands].flatMap(([op, own]) => blobsOf(op, own, commandNames))
  return blobs.sort((a, b) => a.command - b.command || a.output - b.output)
}

function blobsOf(op: MnnOp, commands: readonly number[], names: readonly string[]): readonly MnnBlob[] {
  const last = commands.at(-1)!
  if (op.outputs.length === 1) return [{ op, blob: op.outputs[0]!, command: last, output: 0 }]
  if (!generated.test(names[last]!)) {
    return op.outputs.map((blob, output) => ({ op, blob, command: last, output }))
  }
  if (commands.length !== op.outputs.length) return []
  return op.outputs.map((blob, i) => ({ op, blob, command: commands[i]!, output: 0 }))
}

/** What a session takes, in the model's order; a dimension that it leaves open shows as it is set now. */
export function mnnInputs(session: NativeSession): readonly TensorInfo[] {
  return session.inputNames.map((name) => {
    const { shape, dtype, layout } = session.input(name)
    return { name, shape, dtype, layout }
  })
}
