import { setMaxListeners } from 'node:events'
import { answeringMethods, passingOn, refuse } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { NativeEffective, NativeRunner } from '../native/NativeRunner.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import type { InputSource, ModelRecord, RecordedFile } from '../preprocess/sidecar/ModelRecord.js'
import type { Sidecar } from '../preprocess/sidecar/Sidecar.js'
import {
  makeRunResult,
  type OutputPlan,
  planAllOutputs,
  planOutputs,
  type RunResult,
} from './makeRunResult.js'
import { BoundInputs, bindInputs } from './nameInputs.js'
import type {
  LogLine,
  PredictOptions,
  RunInputs,
  RunManyOptions,
  RunOptions,
  RunSyncOptions,
  TensorInfo,
} from './options.js'
import type { Prediction } from './predict.js'
import { type ManyInputs, runMany } from './runMany.js'

export type Effective = NativeEffective

/** A loaded network on one engine. Made by `open()`. */
export class Model {
  readonly engine: 'ncnn' | 'mnn'
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Milliseconds from the file to a model that is ready to run. */
  readonly loadMs: number

  readonly #native: NativeRunner
  readonly #file: RecordedFile
  readonly #record: ModelRecord | undefined
  readonly #logger: ((line: LogLine) => void) | undefined
  readonly #notes: readonly string[]
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
    file: RecordedFile,
    record: ModelRecord | undefined,
    notes: readonly string[] = [],
  ) {
    try {
      this.#notes = notes
      this.#file = file
      this.#record = record
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

  /**
   * What really runs: precision, backend, threads and every switch of the engine, read back. In its notes is also what
   * is to be said of the sidecar.
   */
  get effective(): Effective {
    this.#refuseDisposed()
    const effective = this.#native.effective()
    const more = [...this.#notes, ...(this.#record?.warnings ?? [])]
    return more.length === 0 ? effective : { ...effective, notes: [...effective.notes, ...more] }
  }

  /**
   * The record beside the model, with its labels read; undefined where there is none. Throws TWINFER_SIDECAR_INVALID or
   * TWINFER_SIDECAR_UNSUPPORTED for one that is damaged.
   */
  get sidecar(): Sidecar | undefined {
    return this.#record?.sidecar
  }

  /** How pixels become the inputs, by their names, as `preprocess` takes it. Throws as `sidecar` does. */
  get preprocessing(): Readonly<Record<string, Preprocessing>> {
    return this.#record?.records ?? {}
  }

  get disposed(): boolean {
    return this.#disposal !== undefined
  }

  /**
   * Runs off the event loop, on a copy of the inputs: they may be changed or transferred at once.
   * As many runs at once as the model has lanes; others wait for one. Without the option `lanes`, runs of one ncnn
   * model overlap, and runs of one MNN model queue, because MNN locks its interpreter.
   *
   * @throws TwinferError TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_INPUT, TWINFER_SHAPE_MISMATCH,
   * TWINFER_LENGTH_MISMATCH, TWINFER_DTYPE_MISMATCH, TWINFER_LAYOUT_MISMATCH,
   * TWINFER_BUFFER_DETACHED, TWINFER_BUSY, TWINFER_DISPOSED or TWINFER_ENGINE_FAILED.
   */
  async run(inputs: RunInputs, options: RunOptions = {}): Promise<RunResult> {
    let abandoned: AbortSignal | undefined
    try {
      this.#refuseDisposed()
      const { outputs, signal } = requireRunOptions(options, runNames)
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
      return refuseUnlessAborted('Model.run', error, abandoned)
    }
  }

  /**
   * From a picture or sound to what the outputs mean, by the record in the sidecar: the best classes with their labels,
   * a mask, an embedding, or the outputs as they are. Pictures are pixels, image files or their content, sounds are
   * samples, .wav files or their content; by input where several inputs are made of them.
   *
   * @throws TwinferError TWINFER_SIDECAR_MISSING where there is no record: nothing is ever taken for granted; what
   * `sidecar`, `decodeImage`, `preprocess`, `decodeWav`, `preprocessAudio` and `run` throw; TWINFER_SHAPE_MISMATCH where
   * the record contradicts the model.
   */
  async predict(
    source: InputSource | Readonly<Record<string, InputSource>>,
    options: PredictOptions = {},
  ): Promise<Prediction> {
    let abandoned: AbortSignal | undefined
    try {
      this.#refuseDisposed()
      // Loaded here: most programs never predict, and every start of the package would pay for it.
      const { predictOn, requirePredictOptions } = await import('./predict.js')
      const checked = requirePredictOptions(options)
      abandoned = checked.signal
      return await predictOn(this, this.#record ?? this.#file, source, checked)
    } catch (error) {
      return refuseUnlessAborted('Model.predict', error, abandoned)
    }
  }

  /**
   * Runs on this thread and blocks it. Inputs are handed to the engine without a copy where the
   * layouts agree (`result.zeroCopy`), and are never written. Throws what `run` rejects with.
   */
  runSync(inputs: RunInputs, options: RunSyncOptions = {}): RunResult {
    this.#refuseDisposed()
    const { outputs } = requireRunOptions(options, runSyncNames)
    bindInputs(this.#bound, this.inputs, inputs)
    const { data, shapes } = this.#bound
    const plan = this.#plan(outputs)
    const result = this.#native.runSync(data, shapes, plan.indices, plan.into)
    this.#forward(result[3])
    return makeRunResult(this.inputs, plan, result)
  }

  /**
   * Runs everything that an iterable gives, as many at once as there are lanes, and gives the results in its order. An
   * item is taken when there is room for it: never more than the lanes and one are held. Leaving the loop early takes no
   * further item, and waits for the runs that have begun.
   *
   * @throws TwinferError what `run` rejects with, with the place of the item (from 0) in its message.
   */
  async *runMany(
    items: ManyInputs,
    options: RunManyOptions = {},
  ): AsyncGenerator<RunResult, void, undefined> {
    this.#refuseDisposed()
    const { outputs, signal } = requireRunOptions(options, runNames)
    const lanes = this.#native.effective().lanes || defaultLanes
    const run = (inputs: RunInputs, how: RunOptions) => this.run(inputs, how)
    yield* runMany(run, lanes, items, { outputs, signal } as RunManyOptions)
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

/** Of ncnn without the option `lanes`: one that runs, while what comes before and after it is done. */
const defaultLanes = 1

answeringMethods(Model, ['run', 'runMany', 'predict'])

/** The reason of an abort is the caller's own, whatever it is. */
function refuseUnlessAborted(method: string, error: unknown, signal: AbortSignal | undefined): never {
  if (signal?.aborted && error === signal.reason) throw error
  return refuse(method, error)
}

/** Counts work that a disposal has to wait for. */
class InFlight {
  #count = 0
  #idle: (() => void)[] = []

  async track<T>(work: Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work
    } finally {
      this.#leave()
    }
  }

  /** Resolves when nothing is in flight. */
  drained(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #leave() {
    if (--this.#count > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

/**
 * Starts work that a signal can abandon: `start` gets a flag that turns 1 on abort, which native
 * code looks at before it begins. Rejects with the signal's reason.
 */
function abortable<T>(signal: AbortSignal, start: (cancelled: Int32Array) => Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const cancelled = new Int32Array(1)
  // One signal for hundreds of runs is no leak: each listener goes with its run.
  setMaxListeners(0, signal)
  return new Promise((resolve, reject) => {
    const abort = () => {
      Atomics.store(cancelled, 0, 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    start(cancelled)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}

const runSyncNames: OptionNames<RunSyncOptions> = { outputs: true }
const runNames: OptionNames<RunOptions & RunManyOptions> = { signal: true, ...runSyncNames }

/** Throws TWINFER_INVALID_ARGUMENT for options of the wrong kind, TWINFER_INVALID_OPTION for unknown ones. */
function requireRunOptions(
  options: RunOptions,
  names: OptionNames<RunOptions> | OptionNames<RunSyncOptions>,
): RunOptions {
  if (typeof options !== 'object' || options === null) refuseOption('options as an object', options)
  requireOptions<RunSyncOptions>(options, names)
  const { outputs, signal } = options
  if (outputs !== undefined && (typeof outputs !== 'object' || outputs === null)) {
    refuseOption('outputs as names, or as arrays by name', outputs)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuseOption('signal as an AbortSignal', signal)
  return options
}

function refuseOption(expected: string, received: unknown): never {
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected ${expected}, received ${describeValue(received)}`,
  )
}
