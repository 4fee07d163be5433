import { answeringMethods } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import type { NativeModule, NativeModuleInfo } from '../native/NativeMnn.js'
import { native } from '../native/native.js'
import { Tensor as HostTensor } from '../tensor/Tensor.js'
import { requireBackendConfig, type ScheduleConfig } from './ScheduleConfig.js'

export interface ModuleOptions extends Pick<ScheduleConfig, 'type' | 'numThread' | 'mode' | 'backendConfig'> {
  /** Tensors to feed and to compute. Default: the file's own. */
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
}

const optionNames: OptionNames<ModuleOptions> = {
  inputs: true,
  outputs: true,
  type: true,
  numThread: true,
  mode: true,
  backendConfig: true,
}

/** MNN's Express Module: what runs control flow, and shapes that depend on values. Runs block the thread. */
export class Module {
  readonly #native: NativeModule

  private constructor(native: NativeModule) {
    this.#native = native
  }

  /** @throws TwinferError as `Interpreter.createFromFile`, TWINFER_UNKNOWN_INPUT, TWINFER_UNKNOWN_OUTPUT. */
  static load(model: string | Uint8Array, options: ModuleOptions = {}): Module {
    requireOptions(options, optionNames)
    requireBackendConfig(options.backendConfig)
    const { inputs = [], outputs = [], ...config } = options
    return new Module(native().mnn.Module.load(model, inputs, outputs, config))
  }

  getInfo(): NativeModuleInfo {
    return this.#native.info()
  }

  /**
   * Inputs in the order of `getInfo().inputs`; outputs in that of `outputNames`.
   *
   * @throws TwinferError TWINFER_MISSING_INPUT, TWINFER_SHAPE_MISMATCH, TWINFER_DTYPE_MISMATCH,
   * TWINFER_ENGINE_FAILED, TWINFER_DISPOSED.
   */
  forward(inputs: readonly HostTensor[]): HostTensor[] {
    const outputs = this.#native.forward(
      inputs.map((input) => input.data),
      inputs.map((input) => input.shape),
    )
    return outputs.map(({ data, shape, dtype, layout }) => new HostTensor(data, shape, { dtype, layout }))
  }

  /** Shares the weights, and runs on its own. */
  clone(): Module {
    return new Module(this.#native.clone())
  }

  /** Idempotent. */
  release(): void {
    this.#native.release()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

answeringMethods(Module)
