import { digestFiles, type ModelDigest } from '../file/FileOrBytes.js'
import type { ModelFile } from '../file/ModelFile.js'
import { readOnnxGraph } from './graph/readOnnxFile.js'
import { externalPath } from './graph/readTensor.js'

/**
 * SHA-256 over all files that a model is made of, the one that names it first, on any engine: what golden packs and
 * sidecars are bound to. Throws TWINFER_FILE_NOT_FOUND where weights are missing.
 */
export async function digestModel(file: ModelFile): Promise<ModelDigest> {
  if (file.engine !== 'onnx') return file.digest()
  const path = file.requirePath()
  return digestFiles([path, ...(await externalFiles(path))])
}

async function externalFiles(path: string): Promise<readonly string[]> {
  const { initializers } = await readOnnxGraph(path)
  const files = new Set<string>()
  for (const { name, location } of initializers.values()) {
    if (location !== null) files.add(externalPath(location, name, path))
  }
  return [...files]
}
