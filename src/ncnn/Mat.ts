import { answeringMethods } from '../errors/answering.js'
import type { NativeMat } from '../native/NativeNcnn.js'
import { native } from '../native/native.js'

/**
 * ncnn's Mat: up to four dimensions (w, h, d, c), each channel padded to 16 bytes. The padding shows
 * only in `cstep`; every way to read elements leaves it out.
 */
export class Mat {
  /** @internal */
  readonly native: NativeMat

  /** @internal Use `Mat.from` or `Extractor.extract`. */
  constructor(native: NativeMat) {
    this.native = native
  }

  /**
   * Copies `data`. `shape` is outermost first: [w], [h, w], [c, h, w] or [c, d, h, w].
   *
   * @throws TwinferError TWINFER_LENGTH_MISMATCH, TWINFER_SHAPE_MISMATCH or TWINFER_DTYPE_MISMATCH.
   */
  static from(data: Float32Array | Int32Array, shape: readonly number[]): Mat {
    return new Mat(native().ncnn.Mat.from(data, shape))
  }

  get dims(): number {
    return this.native.dims
  }

  get w(): number {
    return this.native.w
  }

  get h(): number {
    return this.native.h
  }

  get d(): number {
    return this.native.d
  }

  get c(): number {
    return this.native.c
  }

  /** Bytes of one element, times `elempack`. */
  get elemsize(): number {
    return this.native.elemsize
  }

  get elempack(): number {
    return this.native.elempack
  }

  /** Elements from one channel to the next. */
  get cstep(): number {
    return this.native.cstep
  }

  /** Outermost first, as NumPy has it. */
  get shape(): readonly number[] {
    return this.native.shape
  }

  /** A view of one channel's `w*h*d` elements: writing to it writes to the Mat. Needs fp32, unpacked. */
  channel(index: number): Float32Array {
    const { c, w, h, d, cstep, buffer } = this.native
    if (!(Number.isInteger(index) && index >= 0 && index < c)) {
      throw new RangeError(`expected a channel from 0 to ${c - 1}, received ${index}`)
    }
    return new Float32Array(buffer, index * cstep * Float32Array.BYTES_PER_ELEMENT, w * h * d)
  }

  /** A copy of all elements, without padding. */
  toFloat32Array(): Float32Array {
    return this.native.toFloat32Array()
  }

  clone(): Mat {
    return new Mat(this.native.clone())
  }
}

answeringMethods(Mat)
