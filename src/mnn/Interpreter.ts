import { answeringMethods } from '../errors/answering.js'
import { type NativeInterpreter, native } from '../native.js'
import type { HintMode } from './HintMode.js'
import type { ScheduleConfig } from './ScheduleConfig.js'
import { Session } from './Session.js'
import type { SessionMode } from './SessionMode.js'

/** MNN's Interpreter: a verified model, from which Sessions are made. */
export class Interpreter {
  readonly #native: NativeInterpreter

  private constructor(native: NativeInterpreter) {
    this.#native = native
  }

  /**
   * External weights are looked for in `externalFile`, by default `<file>.weight`.
   *
   * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED,
   * TWINFER_MODEL_UNSUPPORTED: everything that MNN would crash on is refused before it sees it.
   */
  static createFromFile(file: string, { externalFile }: { externalFile?: string } = {}): Interpreter {
    return new Interpreter(new (native().mnn.Interpreter)(file, externalFile))
  }

  /** As createFromFile; the bytes are copied. */
  static createFromBuffer(bytes: Uint8Array, { externalFile }: { externalFile?: string } = {}): Interpreter {
    return new Interpreter(new (native().mnn.Interpreter)(bytes, externalFile))
  }

  /** Version of the converter; '<2.0.0' where the file has none. Good after `releaseModel` as well. */
  getModelVersion(): string {
    return this.#native.modelVersion
  }

  get bizCode(): string {
    return this.#native.bizCode
  }

  get uuid(): string {
    return this.#native.uuid
  }

  /** @throws TwinferError TWINFER_INVALID_STATE after the first session. */
  setSessionMode(mode: SessionMode): void {
    this.#native.setSessionMode(mode)
  }

  /** @throws TwinferError TWINFER_INVALID_STATE after the first session, TWINFER_INVALID_ARGUMENT. */
  setSessionHint(hint: HintMode, value: number | readonly number[]): void {
    this.#native.setSessionHint(hint, value)
  }

  /** A file for the tuning results of a GPU, read now and written by `Session.updateCacheFile`. */
  setCacheFile(file: string): void {
    this.#native.setCacheFile(file)
  }

  /**
   * @throws TwinferError TWINFER_DEVICE_UNAVAILABLE where MNN would silently take another backend,
   * TWINFER_MODEL_UNSUPPORTED for a model that only a Module can run, TWINFER_INVALID_STATE after
   * `releaseModel`, TWINFER_INVALID_ARGUMENT.
   */
  createSession(config: ScheduleConfig = {}): Session {
    return new Session(this.#native.createSession(config))
  }

  /** Frees the file's bytes. The sessions go on, but cannot be resized, and no new one can be made. */
  releaseModel(): void {
    this.#native.releaseModel()
  }
}

answeringMethods(Interpreter)
