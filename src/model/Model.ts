import { answeringMethods, passingOn, refuse } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeEffective, NativeRunner } from '../native.js'
import { abortable } from './abortable.js'
import { BoundInputs } from './BoundInputs.js'
import { bindInputs } from './bindInputs.js'
import { InFlight } from './InFlight.js'
import type { LogLine } from './LogLine.js'
import { makeRunResult } from './makeRunResult.js'
import { type OutputPlan, planAllOutputs, planOutputs } from './planOutputs.js'
import type { RunInputs, RunOptions, RunSyncOptions } from './RunOptions.js'
import type { RunResult } from './RunResult.js'
import { requireOptions } from './requireOptions.js'
import type { TensorInfo } from './TensorInfo.js'

export type Effective = NativeEffective

/** A loaded network on one engine. Made by `open()`. */
export class Model {
  readonly engine: 'ncnn' | 'mnn'
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Milliseconds from the file to a model that is ready to run. */
  readonly loadMs: number

  readonly #native: NativeRunner
  readonly #logger: ((line: LogLine) => void) | undefined
  readonly #allOutputs: OutputPlan
  readonly #bound = new BoundInputs()
  readonly #inFlight = new InFlight()
  #disposal: Promise<void> | undefined

  /** @internal */
  constructor(
    native: NativeRunner,
    engine: 'ncnn' | 'mnn',
    loadMs: number,
    logger: ((line: LogLine) => void) | undefined,
  ) {
    try {
      this.#native = native
      this.#logger = logger === undefined ? undefined : passingOn(logger)
      this.engine = engine
      this.inputs = native.inputs
      this.outputs = native.outputs
      this.loadMs = loadMs
      this.#allOutputs = planAllOutputs(this.outputs)
      this.#forward(native.log)
    } catch (error) {
      refuse('new Model', error) // only open() has what it takes
    }
  }

  /** What really runs: precision, backend, threads and every switch of the engine, read back. */
  get effective(): Effective {
    this.#refuseDisposed()
    return this.#native.effective()
  }

  get disposed(): boolean {
    return this.#disposal !== undefined
  }

  /**
   * Runs off the event loop, on a copy of the inputs: they may be changed or transferred at once.
   * Runs of one ncnn model overlap; runs of one MNN model queue, because MNN locks its interpreter.
   *
   * @throws TwinferError TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_INPUT, TWINFER_SHAPE_MISMATCH,
   * TWINFER_LENGTH_MISMATCH, TWINFER_DTYPE_MISMATCH, TWINFER_LAYOUT_MISMATCH,
   * TWINFER_BUFFER_DETACHED, TWINFER_BUSY, TWINFER_DISPOSED or TWINFER_ENGINE_FAILED.
   */
  async run(inputs: RunInputs, options: RunOptions = {}): Promise<RunResult> {
    let abandoned: AbortSignal | undefined
    try {
      this.#refuseDisposed()
      const { outputs, signal } = requireOptions(options)
      bindInputs(this.#bound, this.inputs, inputs)
      const { data, shapes } = this.#bound
      const plan = this.#plan(outputs)
      const start = (cancelled?: Int32Array) =>
        this.#inFlight.track(this.#native.run(data, shapes, plan.indices, plan.into, cancelled))
      abandoned = signal
      const result = await (signal ? abortable(signal, start) : start())
      this.#forward(result[3])
      return makeRunResult(this.inputs, plan, result)
    } catch (error) {
      // The reason of an abort is the caller's own, whatever it is.
      if (abandoned?.aborted && error === abandoned.reason) throw error
      return refuse('Model.run', error)
    }
  }

  /**
   * Runs on this thread and blocks it. Inputs are handed to the engine without a copy where the
   * layouts agree (`result.zeroCopy`), and are never written. Throws what `run` rejects with.
   */
  runSync(inputs: RunInputs, options: RunSyncOptions = {}): RunResult {
    this.#refuseDisposed()
    const { outputs } = requireOptions(options)
    bindInputs(this.#bound, this.inputs, inputs)
    const { data, shapes } = this.#bound
    const plan = this.#plan(outputs)
    const result = this.#native.runSync(data, shapes, plan.indices, plan.into)
    this.#forward(result[3])
    return makeRunResult(this.inputs, plan, result)
  }

  /** Waits for the runs in flight, then frees the engine's memory. May be called again. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#inFlight.drained().then(() => this.#native.close())
    return this.#disposal
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #plan(outputs: RunSyncOptions['outputs']): OutputPlan {
    return outputs === undefined ? this.#allOutputs : planOutputs(this.outputs, this.#native, outputs)
  }

  #refuseDisposed() {
    if (this.#disposal !== undefined) {
      throw new TwinferError('TWINFER_DISPOSED', 'expected an open model, received a disposed one')
    }
  }

  #forward(lines: readonly string[] | undefined) {
    if (this.#logger === undefined || lines === undefined) return
    for (const text of lines) this.#logger({ engine: this.engine, text })
  }
}

answeringMethods(Model, ['run'])
