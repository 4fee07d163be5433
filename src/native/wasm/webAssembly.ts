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
export type WasmModule = object & { readonly [Symbol.toStringTag]: string }

export const { Module, Instance, RuntimeError } = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
).WebAssembly
