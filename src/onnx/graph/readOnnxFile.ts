import { TwinferError } from '../../errors/TwinferError.js'
import { sniffContent } from '../../inspect/content/sniffContent.js'
import { readWhole } from '../../inspect/files/readWhole.js'
import { requireFile } from '../../inspect/files/requireFile.js'

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
