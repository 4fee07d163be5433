import { answeringMethods } from '../errors/answering.js'
import type { NativeExtractor } from '../native.js'
import { Mat } from './Mat.js'

/** ncnn's Extractor: one run. Blobs go by name or by index; any blob may be an input or an output. */
export class Extractor {
  readonly #native: NativeExtractor

  /** @internal Use `Net.createExtractor`. */
  constructor(native: NativeExtractor) {
    this.#native = native
  }

  /**
   * Sets a blob; the layers above it are not run.
   *
   * @throws TwinferError TWINFER_INVALID_STATE after the first extract (ncnn would go on with the old
   * results), TWINFER_UNKNOWN_INPUT, TWINFER_INVALID_ARGUMENT.
   */
  input(blob: string | number, mat: Mat): void {
    this.#native.input(blob, mat?.native)
  }

  /**
   * Runs what the blob needs and gives it as unpacked fp32, or with `raw` as the layer left it.
   *
   * @throws TwinferError TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_OUTPUT, TWINFER_SHAPE_MISMATCH,
   * TWINFER_INVALID_STATE (a blob that light mode has given back), TWINFER_ENGINE_FAILED.
   */
  extract(blob: string | number, { raw = false }: { raw?: boolean } = {}): Mat {
    return new Mat(this.#native.extract(blob, raw))
  }

  /** On (the default): a blob's memory goes back once its consumer ran. Off: every blob can be extracted. */
  setLightMode(on: boolean): void {
    this.#native.setLightMode(on)
  }

  /** Forgets inputs and results. */
  clear(): void {
    this.#native.clear()
  }
}

answeringMethods(Extractor)
