import { formatReader } from '../../native/formatReader.js'

/** What a file is by its first bytes: the answer of cpp/format. */
export interface Content {
  readonly kind: ContentKind
  /** Words for an error message: "it looks like …". */
  readonly description: string
  /** What to do where something else was expected. */
  readonly help: string
}

export type ContentKind =
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
