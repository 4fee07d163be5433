import { answeringMethods } from '../errors/answering.js'
import type { NativeSession, NativeSessionInfo } from '../native.js'
import { Tensor as HostTensor } from '../tensor/Tensor.js'
import { Tensor } from './Tensor.js'
import type { TracedOperator } from './TracedOperator.js'

/**
 * MNN's Session. It keeps its Interpreter alive. Runs block the thread; `open()` is the door that does not.
 */
export class Session {
  readonly #native: NativeSession

  /** @internal Use `Interpreter.createSession`. */
  constructor(native: NativeSession) {
    this.#native = native
  }

  /** In the model's order. */
  get inputNames(): readonly string[] {
    return this.#native.inputNames
  }

  get outputNames(): readonly string[] {
    return this.#native.outputNames
  }

  /** By name; the first one without. @throws TwinferError TWINFER_UNKNOWN_INPUT. */
  getSessionInput(name?: string): Tensor {
    return new Tensor(this.#native.input(name))
  }

  /** By name; the first one without. @throws TwinferError TWINFER_UNKNOWN_OUTPUT. */
  getSessionOutput(name?: string): Tensor {
    return new Tensor(this.#native.output(name))
  }

  /**
   * Takes effect with `resizeSession()`.
   *
   * @throws TwinferError TWINFER_SHAPE_MISMATCH for another number of dimensions or channels than the model
   * has (MNN would run it and give garbage), TWINFER_INVALID_ARGUMENT for a tensor of another session.
   */
  resizeTensor(tensor: Tensor, shape: readonly number[]): void {
    this.#native.resizeTensor(tensor?.native, shape)
  }

  /**
   * Gives every tensor its memory, and detaches every mapped view.
   *
   * @throws TwinferError TWINFER_ENGINE_FAILED, which MNN reports only as a status; TWINFER_INVALID_STATE
   * after `releaseModel`.
   */
  resizeSession(): void {
    this.#native.resize()
  }

  /**
   * Fill the inputs before each run: MNN uses their memory again once it has read them.
   *
   * @throws TwinferError TWINFER_ENGINE_FAILED with MNN's error code by name; TWINFER_INVALID_STATE.
   */
  runSession(): void {
    this.#native.run()
  }

  /**
   * runSessionWithCallBackInfo, collected: JavaScript cannot run under the Interpreter's lock. `values` adds
   * a copy of every output, `names` limits it to some operators, `stopAfter` ends the run there.
   *
   * @throws TwinferError TWINFER_INVALID_STATE in Session_Release mode.
   */
  runSessionWithCallBackInfo(
    options: { values?: boolean; names?: readonly string[]; stopAfter?: string } = {},
  ): readonly TracedOperator[] {
    return this.#native.runTraced(options).map(({ name, type, flops, ms, outputs }) => ({
      name,
      type,
      flops,
      ms,
      outputs: outputs.map(
        ({ data, shape, dtype, layout }) => new HostTensor(data, shape, { dtype, layout }),
      ),
    }))
  }

  /** What really runs: `backend` is a ForwardType, `threadNumber` after the process-wide pool's cap. */
  getSessionInfo(): NativeSessionInfo {
    return this.#native.info()
  }

  /** Writes the file of `Interpreter.setCacheFile` (GPU tuning; the CPU has nothing to write). */
  updateCacheFile(): void {
    this.#native.updateCacheFile()
  }

  /** Frees it; its tensors and mapped views become unusable. Idempotent. */
  releaseSession(): void {
    this.#native.release()
  }

  [Symbol.dispose](): void {
    this.releaseSession()
  }
}

answeringMethods(Session)
