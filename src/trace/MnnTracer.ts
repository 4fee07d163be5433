import { readFile } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { answeringMethods, passingOn } from '../errors/answering.js'
import type { MnnOp } from '../inspect/mnn/MnnReport.js'
import { parseMnn } from '../inspect/mnn/reportMnn.js'
import { ForwardType } from '../mnn/ForwardType.js'
import { modelFiles } from '../model/modelFiles.js'
import type { OpenOptions } from '../model/OpenOptions.js'
import { runnerOptions } from '../model/runnerOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { type NativeReplacement, type NativeSession, native } from '../native.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { IsolatingTracer, TraceInputs, TraceStep, VisitLayer } from './LayerTracer.js'
import { MnnPlan } from './MnnPlan.js'
import { mnnInputs } from './mnnInputs.js'
import { orderInputs } from './orderInputs.js'
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
  static async open(model: string | URL, options: OpenOptions = {}): Promise<MnnTracer> {
    const requested = runnerOptions(options)
    const files = await modelFiles(model, { ...options, engine: 'mnn' })
    const path = files.model as string
    const interpreter = new (native().mnn.Interpreter)(path)
    const session = interpreter.createSessionFor(requested)
    const { operators } = parseMnn(await readFile(path), path)
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
