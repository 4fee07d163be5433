import { answeringMethods } from '../errors/answering.js'
import { type NativeLayer, type NativeNet, native } from '../native.js'
import { Extractor } from './Extractor.js'
import type { Option } from './Option.js'

/** ncnn's Net. Loading and running block the thread; `open()` is the door that does not. */
export class Net {
  readonly #native: NativeNet

  constructor() {
    this.#native = new (native().ncnn.Net)()
  }

  /** A copy of the options: ncnn's defaults, what was set, and after loading what ncnn changed by itself. */
  get opt(): Option {
    return this.#native.getOption() as unknown as Option
  }

  /**
   * Sets some options and leaves the others.
   *
   * @throws TwinferError TWINFER_OPTIONS_FROZEN after `loadParam`, TWINFER_INVALID_OPTION.
   */
  setOptions(options: Partial<Option>): void {
    this.#native.setOption(options as Record<string, boolean | number>)
  }

  /** Loads a `.param`, text or binary, from a path or its content. Drops what was loaded before. */
  loadParam(file: string | Uint8Array): void {
    this.#native.loadParam(file)
  }

  /**
   * Loads the `.bin`, once.
   *
   * @throws TwinferError TWINFER_MODEL_TRUNCATED, TWINFER_MODEL_INVALID, TWINFER_INVALID_STATE.
   */
  loadModel(file: string | Uint8Array): void {
    this.#native.loadModel(file)
  }

  clear(): void {
    this.#native.clear()
  }

  get layers(): readonly NativeLayer[] {
    return this.#native.layers
  }

  get blobNames(): readonly string[] {
    return this.#native.blobNames
  }

  get inputIndexes(): readonly number[] {
    return this.#native.inputIndexes
  }

  get outputIndexes(): readonly number[] {
    return this.#native.outputIndexes
  }

  get inputNames(): readonly string[] {
    return this.#named(this.inputIndexes)
  }

  get outputNames(): readonly string[] {
    return this.#named(this.outputIndexes)
  }

  /** @throws TwinferError TWINFER_INVALID_STATE before `loadModel`. */
  createExtractor(): Extractor {
    return new Extractor(this.#native.createExtractor())
  }

  #named(indexes: readonly number[]): readonly string[] {
    const names = this.blobNames
    return indexes.map((index) => names[index]!)
  }
}

answeringMethods(Net)
