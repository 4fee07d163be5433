import { answeringMethods, refuse } from '../errors/answering.js'
import { requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import type {
  NativeMnnTensor,
  NativeSession,
  NativeSessionInfo,
  NativeTensorMap,
} from '../native/NativeMnn.js'
import type { DType, Layout, TypedArray } from '../tensor/DType.js'
import { Tensor as HostTensor } from '../tensor/Tensor.js'

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
    requireOptions(options, { values: true, names: true, stopAfter: true })
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

/** One command that MNN ran: generated ones are called `<operator>_raster_<n>`, fused operators are missing. */
export interface TracedOperator {
  readonly name: string
  readonly type: string
  /** Millions of floating-point operations. */
  readonly flops: number
  /** Milliseconds that it took. */
  readonly ms: number
  /** Copies, unpacked; empty unless `values` was asked for. */
  readonly outputs: readonly HostTensor[]
}

/** An input or output of a Session. It keeps the Session alive, and is unusable once that was released. */
export class Tensor {
  /** @internal */
  readonly native: NativeMnnTensor

  /** @internal Use `Session.getSessionInput` or `getSessionOutput`. */
  constructor(native: NativeMnnTensor) {
    this.native = native
  }

  get name(): string {
    return this.native.name
  }

  get shape(): readonly number[] {
    return this.native.shape
  }

  get dtype(): DType {
    return this.native.dtype
  }

  /** How MNN holds it; its own getDimensionType() calls NC4HW4 CAFFE. */
  get format(): Layout | 'NC4HW4' {
    return this.native.format
  }

  /** How `copyFromHost` and `copyToHost` see it: NC4HW4 is unpacked to NCHW. */
  get layout(): Layout {
    return this.native.layout
  }

  /**
   * Copies a whole tensor in, in `layout`. MNN itself checks neither shape nor type.
   *
   * @throws TwinferError TWINFER_SHAPE_MISMATCH, TWINFER_LENGTH_MISMATCH, TWINFER_DTYPE_MISMATCH,
   * TWINFER_LAYOUT_MISMATCH, TWINFER_INVALID_STATE before `resizeSession`, TWINFER_DISPOSED.
   */
  copyFromHost(source: HostTensor | TypedArray): void {
    if (source instanceof HostTensor) {
      requireLayout(source, this.layout)
      this.native.copyFromHost(source.data, source.shape)
    } else {
      this.native.copyFromHost(source)
    }
  }

  /**
   * Copies the tensor out, unpacked and in `layout`.
   *
   * @throws TwinferError TWINFER_LENGTH_MISMATCH or TWINFER_DTYPE_MISMATCH for an `into` that does not fit,
   * TWINFER_INVALID_STATE before `resizeSession`, TWINFER_DISPOSED.
   */
  copyToHost(): HostTensor
  copyToHost<T extends TypedArray>(into: T): T
  copyToHost(into?: TypedArray): HostTensor | TypedArray {
    if (into !== undefined) return this.native.copyToHost(into)
    const { data, shape, dtype, layout } = this.native.copyToHost()
    return new HostTensor(data, shape, { dtype, layout })
  }

  /**
   * A view of the tensor's memory, or of a converted copy where the layout or the element type inside MNN
   * differs. Default layout: the tensor's own. After 'write' nothing changes until `unmap()`.
   *
   * @throws TwinferError TWINFER_LAYOUT_MISMATCH for 'NC4HW4' on a tensor that is not packed by 4 (MNN would
   * overflow its buffer), TWINFER_INVALID_STATE, TWINFER_DISPOSED.
   */
  map(type: 'read' | 'write', layout: Layout | 'NC4HW4' = this.layout): TensorMap {
    return new TensorMap(this.native.map(type, layout))
  }
}

answeringMethods(Tensor)

/** Below three dimensions the two layouts are one. */
function requireLayout(source: HostTensor, layout: Layout): void {
  if (source.layout === layout || source.shape.length < 3) return
  throw new TwinferError('TWINFER_LAYOUT_MISMATCH', `expected layout ${layout}, received ${source.layout}`, {
    help: `Use map('write', '${source.layout}'): MNN converts it.`,
  })
}

/**
 * A mapped tensor. `data` lies over MNN's own memory where it can, and is detached by `unmap()`, by a resize
 * and by the session's release; `using view = tensor.map('write')` cannot forget the first.
 */
export class TensorMap {
  readonly #native: NativeTensorMap
  readonly data: TypedArray
  /** In the layout asked for. */
  readonly shape: readonly number[]

  /** @internal Use `Tensor.map`. */
  constructor(native: NativeTensorMap) {
    try {
      this.#native = native
      this.data = native.data
      this.shape = native.shape
    } catch (error) {
      refuse('new TensorMap', error) // only Tensor.map has what it takes
    }
  }

  /** Gives the memory back; after 'write', what was written is in the tensor. Idempotent. */
  unmap(): void {
    this.#native.unmap()
  }

  [Symbol.dispose](): void {
    this.unmap()
  }
}

answeringMethods(TensorMap)
