import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TwinferError } from '../../errors/TwinferError.js'
import type { OnnxRuntime, OnnxRuntimeName } from '../OnnxRuntime.js'

interface RuntimePackage {
  readonly name: string
  readonly runtime: OnnxRuntimeName
  /** With both loaded, 'cpu' is onnxruntime-node's and 'wasm' is onnxruntime-web's. */
  readonly provider: 'cpu' | 'wasm'
}

/** In the order in which they are tried. */
export const runtimePackages: readonly RuntimePackage[] = [
  { name: 'onnxruntime-node', runtime: 'node', provider: 'cpu' },
  { name: 'onnxruntime-web', runtime: 'web', provider: 'wasm' },
]

export interface LoadedRuntime {
  readonly package: RuntimePackage
  readonly runtime: OnnxRuntime
  readonly version: string
  /** Why it is not the runtime that one would expect. */
  readonly notes: readonly string[]
}

/**
 * Loads onnxruntime: the first package that is installed and loads, or the wanted one only. `model` is for the
 * message. Throws TWINFER_MISSING_DEPENDENCY.
 */
export async function loadRuntime(
  model: string,
  wanted?: OnnxRuntimeName,
  packages: readonly RuntimePackage[] = runtimePackages,
): Promise<LoadedRuntime> {
  const failures: string[] = []
  const notes: string[] = []
  for (const candidate of packages.filter(({ runtime }) => wanted === undefined || runtime === wanted)) {
    try {
      const module = await importPackage(candidate.name)
      if (module !== null) return { ...adopt(module, candidate), package: candidate, notes }
      failures.push(`${candidate.name} is not installed`)
    } catch (cause) {
      // Installed, but without a binary for this platform (armv7): the next one may do.
      const failure = `${candidate.name} does not load: ${firstLine(cause)}`
      failures.push(failure)
      notes.push(failure)
    }
  }
  throw new TwinferError('TWINFER_MISSING_DEPENDENCY', `${model} needs onnxruntime: ${failures.join(', ')}`, {
    help:
      'Install it with `ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node` (the variable skips its CUDA download), ' +
      'or with `npm i onnxruntime-web` where that has no binary (slower, the same results).',
  })
}

function adopt(
  module: unknown,
  { runtime: name }: RuntimePackage,
): Pick<LoadedRuntime, 'runtime' | 'version'> {
  const { default: inner, ...outer } = module as OnnxRuntime & { default?: OnnxRuntime }
  const runtime = inner?.InferenceSession ? inner : outer
  const { versions } = runtime.env as { versions?: Readonly<Record<string, string>> }
  // More threads would be workers, which keep the process alive and need COOP headers in a browser.
  if (name === 'web') runtime.env.wasm.numThreads = 1
  return { runtime, version: versions?.[name] ?? versions?.common ?? '' }
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0]!
}

/**
 * Imports an optional peer, found from this package or, failing that, from the current folder: with npx or a
 * global installation the user's own packages lie elsewhere. Null where it is in neither.
 */
async function importPackage(name: string): Promise<unknown> {
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const file = resolveFrom(base, name)
    if (file !== null) return import(pathToFileURL(file).href)
  }
  return null
}

function resolveFrom(base: string, name: string): string | null {
  try {
    return createRequire(base).resolve(name)
  } catch {
    return null
  }
}
