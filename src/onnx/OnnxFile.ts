import { readFile } from 'node:fs/promises'
import { PbfWriter } from 'pbf'
import { TwinferError } from '../errors/TwinferError.js'
import type { OnnxGraph } from './graph/OnnxGraph.js'
import { parseOnnx } from './graph/parseOnnx.js'
import { readOnnxFile } from './graph/readOnnxFile.js'
import { externalPath } from './graph/readTensor.js'
import type { OnnxOptions, OnnxSession, OnnxSessionOptions } from './OnnxRuntime.js'
import { type LoadedRuntime, loadRuntime } from './runtime/loadRuntime.js'

/** An .onnx with the runtime that runs it; sessions of it compute the graph's outputs, and others on demand. */
export class OnnxFile {
  constructor(
    readonly path: string,
    readonly graph: OnnxGraph,
    readonly runtime: LoadedRuntime,
    readonly threads: number,
    private readonly bytes: Uint8Array,
    private readonly optimised: boolean,
  ) {}

  /**
   * @param blobs intermediate tensors that become outputs too.
   * @param sizes what dimensions with a name are, so that shapes are known before anything runs.
   */
  async createSession(
    blobs: readonly string[] = [],
    sizes: Readonly<Record<string, number>> = {},
  ): Promise<OnnxSession> {
    const own = new Set(this.graph.outputs.map(({ name }) => name))
    const added = blobs.filter((name) => !own.has(name))
    // Native code maps a file's external data; bytes without a path need all of it in memory.
    const isMapped = added.length === 0 && this.runtime.package.runtime === 'node'
    const model = isMapped ? this.path : extendOutputs(this.bytes, added)
    return createSession(this.runtime, this.path, model, this.threads, {
      freeDimensionOverrides: sizes,
      externalData: isMapped ? [] : await readExternalFiles(this.graph, this.path),
      ...(this.optimised && { graphOptimizationLevel: 'all' as const }),
    })
  }
}

/** Reads the file and loads a runtime for it. Throws what `openOnnx` throws. */
export async function openOnnxFile(
  path: string,
  { threads = 1, runtime, optimised = false }: OnnxOptions,
): Promise<OnnxFile> {
  const bytes = await readOnnxFile(path)
  const graph = parseOnnx(bytes, path)
  const loaded = await loadRuntime(path, runtime)
  const ownThreads = loaded.package.runtime === 'web' ? 1 : threads
  return new OnnxFile(path, graph, loaded, ownThreads, bytes, optimised)
}

/**
 * A session that computes what the file says: on the CPU and, unless `options` say otherwise, without graph
 * optimisation, whose fusions move results by the last bits. `path` is for messages. Throws TWINFER_MODEL_INVALID where the file is refused.
 */
async function createSession(
  { runtime, package: { provider } }: LoadedRuntime,
  path: string,
  model: string | Uint8Array,
  threads: number,
  options: Partial<OnnxSessionOptions> = {},
): Promise<OnnxSession> {
  try {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: threads,
      logSeverityLevel: 4,
      ...options,
    })
    return session
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `onnxruntime cannot load ${path}: ${(cause as Error).message}`,
      { cause, help: 'Check the file, and the version of onnxruntime against its opset.' },
    )
  }
}

/**
 * An .onnx whose graph has these tensors as outputs too. protobuf merges a message that is there twice, so that
 * a ModelProto { graph { output: [ { name } ] } } behind the file does it, and no weight is encoded again.
 * onnxruntime infers the types; naming a wrong one would be an error.
 */
function extendOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  if (names.length === 0) return model
  const writer = new PbfWriter()
  writer.writeMessage(graphField, writeOutputs, names)
  return Buffer.concat([model, writer.finish()])
}

const graphField = 7
const outputField = 12
const nameField = 1

function writeOutputs(names: readonly string[], graph: PbfWriter): void {
  for (const name of names) {
    graph.writeMessage(outputField, (_, output) => output.writeStringField(nameField, name), null)
  }
}

/** The content of the files in which a model keeps weights, under the names that it has for them. */
async function readExternalFiles(
  { initializers }: OnnxGraph,
  model: string,
): Promise<NonNullable<OnnxSessionOptions['externalData']>> {
  const users = new Map<string, string>()
  for (const { name, location } of initializers.values()) if (location !== null) users.set(location, name)
  return Promise.all(
    [...users].map(async ([path, name]) => ({ path, data: await readFile(externalPath(path, name, model)) })),
  )
}
