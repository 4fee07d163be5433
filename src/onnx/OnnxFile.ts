import { createSession } from './createSession.js'
import { extendOutputs } from './extendOutputs.js'
import type { OnnxGraph } from './graph/OnnxGraph.js'
import type { OnnxSession } from './OnnxRuntime.js'
import { readExternalFiles } from './readExternalFiles.js'
import type { LoadedRuntime } from './runtime/LoadedRuntime.js'

/** An .onnx with the runtime that runs it; sessions of it compute the graph's outputs, and others on demand. */
export class OnnxFile {
  constructor(
    readonly path: string,
    readonly graph: OnnxGraph,
    readonly runtime: LoadedRuntime,
    readonly threads: number,
    private readonly bytes: Uint8Array,
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
    })
  }
}
