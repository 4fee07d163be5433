import { existsSync } from 'node:fs'
import type { ModelEngine } from '../inspect/identifyModel.js'
import { weightsBeside } from '../model/modelFiles.js'
import { externalPath } from '../onnx/graph/externalPath.js'
import { readOnnxGraph } from '../onnx/graph/readOnnxGraph.js'

/** The files that a model is made of, the one that names it first. */
export async function modelParts(path: string, engine: ModelEngine): Promise<readonly string[]> {
  switch (engine) {
    case 'ncnn':
      return [path, weightsBeside(path)]
    case 'mnn': {
      const weights = `${path}.weight`
      return existsSync(weights) ? [path, weights] : [path]
    }
    case 'onnx':
      return [path, ...(await externalFiles(path))]
  }
}

async function externalFiles(path: string): Promise<readonly string[]> {
  const { initializers } = await readOnnxGraph(path)
  const files = new Set<string>()
  for (const { name, location } of initializers.values()) {
    if (location !== null) files.add(externalPath(location, name, path))
  }
  return [...files]
}
