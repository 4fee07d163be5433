import { parseOnnx } from './graph/parseOnnx.js'
import { readOnnxFile } from './graph/readOnnxFile.js'
import { OnnxFile } from './OnnxFile.js'
import type { OnnxOptions } from './OnnxOptions.js'
import { loadRuntime } from './runtime/loadRuntime.js'

/** Reads the file and loads a runtime for it. Throws what `openOnnx` throws. */
export async function openOnnxFile(path: string, { threads = 1, runtime }: OnnxOptions): Promise<OnnxFile> {
  const bytes = await readOnnxFile(path)
  const graph = parseOnnx(bytes, path)
  const loaded = await loadRuntime(path, runtime)
  return new OnnxFile(path, graph, loaded, loaded.package.runtime === 'web' ? 1 : threads, bytes)
}
