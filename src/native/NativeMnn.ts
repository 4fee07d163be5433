import type { DType, Layout, TypedArray } from '../tensor/DType.js'
import type { NativePiece } from './NativePiece.js'
import type { NativeFile, NativeGpu, NativeRunnerOptions, NativeTensorSpec } from './NativeRunner.js'

/** MNN's ScheduleConfig, its enums as their numbers. */
export interface NativeSchedule {
  readonly type?: number | undefined
  readonly numThread?: number | undefined
  readonly mode?: number | undefined
  readonly backupType?: number | undefined
  readonly saveTensors?: readonly string[] | undefined
  readonly path?:
    | {
        readonly inputs?: readonly string[] | undefined
        readonly outputs?: readonly string[] | undefined
        readonly mode?: number | undefined
      }
    | undefined
  readonly backendConfig?:
    | {
        readonly precision?: number | undefined
        readonly memory?: number | undefined
        readonly power?: number | undefined
        readonly flags?: number | undefined
      }
    | undefined
}

export interface NativeHostTensor {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: Layout
}

export interface NativeTensorMap {
  /** Over the mapped memory; detached at unmap, at a resize and when the session is released. */
  readonly data: TypedArray
  readonly shape: readonly number[]
  unmap(): void
}

export interface NativeMnnTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
  /** How the engine holds it. */
  readonly format: Layout | 'NC4HW4'
  /** How it is seen from outside: NC4HW4 is unpacked to NCHW. */
  readonly layout: Layout
  copyFromHost(data: TypedArray, shape?: readonly number[]): void
  copyToHost(): NativeHostTensor
  copyToHost(into: TypedArray): TypedArray
  map(type: 'read' | 'write', layout: Layout | 'NC4HW4'): NativeTensorMap
}

export interface NativeSessionInfo {
  /** MB, of the whole runtime. */
  readonly memory: number
  /** Millions; 0 in Release mode. */
  readonly flops: number
  readonly backend: number
  readonly resizeStatus: number
  readonly threadNumber: number
}

/** Put into a command's output once it has run: later operators work on it instead. float32. */
export interface NativeReplacement {
  /** Position in the order of execution. */
  readonly command: number
  readonly output: number
  readonly data: TypedArray
  readonly shape: readonly number[]
}

export interface NativeTraceRequest {
  readonly values?: boolean | undefined
  /** Calls back for every command and runs none. */
  readonly dry?: boolean | undefined
  /** Only commands from this one on, in the order of execution … */
  readonly first?: number | undefined
  /** … and before this one, where the run ends. */
  readonly end?: number | undefined
  readonly replacements?: readonly NativeReplacement[] | undefined
  readonly names?: readonly string[] | undefined
  readonly stopAfter?: string | undefined
}

export interface NativeTracedOperator {
  readonly name: string
  readonly type: string
  /** Millions. */
  readonly flops: number
  readonly ms: number
  /** Of its outputs. */
  readonly shapes: readonly (readonly number[])[]
  readonly outputs: readonly NativeHostTensor[]
}

export interface NativeSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  input(name?: string): NativeMnnTensor
  output(name?: string): NativeMnnTensor
  resizeTensor(tensor: NativeMnnTensor, shape: readonly number[]): void
  resize(): void
  run(): void
  runTraced(request: NativeTraceRequest): readonly NativeTracedOperator[]
  /** Milliseconds of each command, in the order of execution. */
  timeOperators(): readonly number[]
  info(): NativeSessionInfo
  updateCacheFile(): void
  release(): void
}

export interface NativeInterpreter {
  readonly modelVersion: string
  readonly bizCode: string
  readonly uuid: string
  setSessionMode(mode: number): void
  setSessionHint(hint: number, value: number | readonly number[]): void
  setCacheFile(file: string): void
  createSession(schedule: NativeSchedule): NativeSession
  /** The session that `open()` makes for these options, with further outputs; only as the first. */
  createSessionFor(options: NativeRunnerOptions, saveTensors?: readonly string[]): NativeSession
  releaseModel(): void
}

export interface NativeModuleInfo {
  readonly inputs: readonly NativeTensorSpec[]
  readonly outputNames: readonly string[]
  readonly version: string
  readonly bizCode: string
  readonly uuid: string
  readonly metaData: Readonly<Record<string, string>>
  readonly backend: number
  readonly threadNumber: number
}

export interface NativeModule {
  info(): NativeModuleInfo
  forward(data: readonly TypedArray[], shapes: readonly (readonly number[])[]): readonly NativeHostTensor[]
  clone(): NativeModule
  release(): void
}

/** What the operators of a piece are given: an input, or a constant where there are data. */
export interface NativeGivenTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly format: Layout | 'NC4HW4'
  readonly data?: TypedArray
}

export interface NativeMnn {
  readonly version: string
  /** Some operators, by ascending index, as a model. */
  cut(
    model: NativeFile,
    operators: readonly number[],
    given: readonly NativeGivenTensor[],
    outputs: readonly string[],
  ): NativePiece
  /** The tensors that these operators are given and whose values decide shapes: they can be no inputs. */
  sizingTensors(model: NativeFile, operators: readonly number[]): readonly string[]
  /** Starts Vulkan on first use; [] where there is none. */
  gpus(): readonly NativeGpu[]
  readonly Interpreter: new (model: NativeFile, externalFile?: string) => NativeInterpreter
  readonly Module: {
    load(
      model: NativeFile,
      inputs: readonly string[],
      outputs: readonly string[],
      schedule: NativeSchedule,
    ): NativeModule
  }
}
