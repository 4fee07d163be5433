import { answeringMethods } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeMnnTensor } from '../native.js'
import type { DType } from '../tensor/DType.js'
import type { Layout } from '../tensor/Layout.js'
import { Tensor as HostTensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import { TensorMap } from './TensorMap.js'

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
