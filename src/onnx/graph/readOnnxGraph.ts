import type { OnnxGraph } from './OnnxGraph.js'
import { parseOnnx } from './parseOnnx.js'
import { readOnnxFile } from './readOnnxFile.js'

/**
 * Reads the graph of an .onnx without running it; tensors are decoded when they are asked for.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID (a damaged file, or no ONNX at
 * all) or TWINFER_MODEL_TRUNCATED.
 */
export async function readOnnxGraph(path: string): Promise<OnnxGraph> {
  return parseOnnx(await readOnnxFile(path), path)
}
