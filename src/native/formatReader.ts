import { readFileSync } from 'node:fs'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeFormat, ReadWord } from './NativeAddon.js'
import { nativeIfLoadable } from './native.js'

/** cpp/format of the addon, or as WebAssembly where no addon loads. */
export function formatReader(): NativeFormat {
  return nativeIfLoadable()?.format ?? formatOfWasm
}

/** What wasm/exports.cpp exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  _initialize(): void
  allocate(bytes: number): number
  release(address: number): void
  /** The address of the answer's address and length. */
  ncnn(param: number, bytes: number, weightsSize: number, params: boolean): number
  mnn(model: number, bytes: number, weightFileBytes: number): number
  content(start: number, bytes: number): number
}

/** An instance for which a large file needed more memory than this is not kept. */
const mostMemory = 32 * 1024 * 1024

let compiled: WasmModule | undefined
let kept: Exports | undefined
/** Of the file that is being read. */
let wordAt: ReadWord = () => undefined

/** cpp/format as WebAssembly. */
export const formatOfWasm: NativeFormat = {
  ncnn(param, weightsSize = -1, word = () => undefined, params = false) {
    wordAt = word
    return answerTo(param, (instance, address) => instance.ncnn(address, param.length, weightsSize, params))
  },
  content(start) {
    return answerTo(start, (instance, address) => instance.content(address, start.length))
  },
  mnn(model, weightFileBytes = 0) {
    const content = typeof model === 'string' ? readFileSync(model) : model
    return answerTo(content, (instance, address) => instance.mnn(address, content.length, weightFileBytes))
  },
}

/** What `ask` answers to a file. An instance that a file ended is not used again. */
function answerTo(file: Uint8Array, ask: (instance: Exports, address: number) => number): string {
  const instance = kept ?? instantiate()
  kept = undefined
  try {
    const address = instance.allocate(file.length)
    new Uint8Array(instance.memory.buffer, address, file.length).set(file)
    const text = textAt(instance, ask(instance, address))
    instance.release(address)
    if (instance.memory.buffer.byteLength <= mostMemory) kept = instance
    return text
  } catch (cause) {
    if (!(cause instanceof RuntimeError || cause instanceof RangeError)) throw cause
    throw new TwinferError('TWINFER_MODEL_INVALID', `the file cannot be read: ${cause.message}`, {
      cause,
      help: 'It is damaged, or takes more memory than WebAssembly has.',
    })
  }
}

function instantiate(): Exports {
  compiled ??= new Module(readFileSync(new URL('../format.wasm', import.meta.url)))
  const { exports } = new Instance(compiled, {
    host: { word: (offset) => wordAt(offset ?? -1) ?? -1 },
    wasi_snapshot_preview1: systemCalls(compiled),
  })
  const instance = exports as Exports
  instance._initialize()
  return instance
}

/** The C library is linked against some, for which nothing here has a use. */
function systemCalls(linked: WasmModule): Record<string, () => number> {
  const unsupported = 52 // ENOSYS
  const calls = Module.imports(linked).filter(({ module }) => module === 'wasi_snapshot_preview1')
  return Object.fromEntries(calls.map(({ name }) => [name, () => unsupported]))
}

function textAt({ memory }: Exports, answer: number): string {
  const [address, length] = new Uint32Array(memory.buffer, answer, 2)
  return new TextDecoder().decode(new Uint8Array(memory.buffer, address, length))
}

/** What is used of the runtime's WebAssembly, which only the types of a browser describe. */
interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[]
  }
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, (...values: number[]) => number>>>>,
  ) => { readonly exports: object }
  /** Thrown where the code ends itself. */
  readonly RuntimeError: new () => Error
}

/** Compiled code, of which instances are made. */
type WasmModule = object & { readonly [Symbol.toStringTag]: string }

const { Module, Instance, RuntimeError } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly
