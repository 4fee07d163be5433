import { TwinferError } from '../errors/TwinferError.js'
import { formatReader } from '../native/formatReader.js'

/** What a file is by its first bytes: the answer of cpp/format. */
interface Content {
  readonly kind: ContentKind
  /** Words for an error message: "it looks like …". */
  readonly description: string
  /** What to do where something else was expected. */
  readonly help: string
}

type ContentKind =
  | 'empty'
  | 'zeros'
  | 'ncnn-param'
  | 'ncnn-param-bin'
  | 'ncnn-bin'
  | 'mnn'
  | 'onnx'
  | 'html'
  | 'lfs-pointer'
  | 'npy'
  | 'zip'
  | 'gzip'
  | 'tflite'
  | 'hdf5'
  | 'gguf'
  | 'png'
  | 'jpeg'
  | 'utf16'
  | 'json'
  | 'text'
  | 'unknown'

/** A few hundred bytes are enough. Never throws. */
export function sniffContent(start: Uint8Array): Content {
  return JSON.parse(formatReader().content(start)) as Content
}

/**
 * Throws TWINFER_MODEL_INVALID where the first bytes are plainly something other than `expected`. Unknown
 * bytes pass: the parser that follows says better what is wrong with them.
 */
export function requireContent(bytes: Uint8Array, expected: 'ncnn-param' | 'mnn', path: string): void {
  const { kind, description, help } = sniffContent(bytes)
  const unsure: readonly ContentKind[] =
    expected === 'mnn' ? [expected, 'unknown'] : [expected, 'unknown', 'text']
  if (unsure.includes(kind)) return
  const wanted = expected === 'mnn' ? 'an MNN model' : 'an ncnn .param'
  throw new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${path}: expected ${wanted}, but it looks like ${description}`,
    { help },
  )
}
