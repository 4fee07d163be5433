import { TwinferError } from '../../errors/TwinferError.js'
import { readWhole, requireFile } from '../../file/requireFile.js'
import { sniffContent } from '../../file/sniffContent.js'
import { progress } from '../../format/progress.js'
import type { OnnxGraph } from './OnnxGraph.js'
import { parseOnnx } from './parseOnnx.js'

/** protobuf's own limit for a message: larger models keep their weights in a file beside them. */
const mostBytes = 2 ** 31 - 1

/**
 * The bytes of an .onnx, for `parseOnnx`. Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, and
 * TWINFER_MODEL_INVALID for what is plainly something else.
 */
export async function readOnnxFile(path: string): Promise<Uint8Array> {
  const size = await requireFile(path, 'ONNX model')
  if (size > mostBytes) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `${path}: expected an ONNX model of at most ${mostBytes} bytes, received ${size}`,
      { help: 'Save the weights as external data, as exporters do for such models.' },
    )
  }
  progress(`reading ${path}`)
  const bytes = await readWhole(path)
  const { kind, description } = sniffContent(bytes.subarray(0, 4096))
  if (kind !== 'onnx' && kind !== 'unknown') {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `${path}: expected an ONNX model, but it looks like ${description}`,
      { help: 'Check that the path names the .onnx that the model was converted from.' },
    )
  }
  return bytes
}

/**
 * Reads the graph of an .onnx without running it; tensors are decoded when they are asked for.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID (a damaged file, or no ONNX at
 * all) or TWINFER_MODEL_TRUNCATED.
 */
export async function readOnnxGraph(path: string): Promise<OnnxGraph> {
  return parseOnnx(await readOnnxFile(path), path)
}
