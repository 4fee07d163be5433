import { looksLikeNcnnWeights } from './looksLikeNcnnWeights.js'
import { looksLikeOnnx } from './looksLikeOnnx.js'

export type Content =
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
  | 'tflite'
  | 'hdf5'
  | 'text'
  | 'unknown'

const magic = 7767517

/** What a file is by its first bytes (a few hundred are enough). Never throws. */
export function sniffContent(bytes: Uint8Array): Content {
  if (bytes.length === 0) return 'empty'
  if (bytes.every((byte) => byte === 0)) return 'zeros'
  return sniffText(bytes) ?? sniffBinary(bytes)
}

function sniffText(bytes: Uint8Array): Content | undefined {
  const text = Buffer.from(bytes.subarray(0, 512))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (text.startsWith(String(magic))) return 'ncnn-param'
  if (/^<(!doctype|html|\?xml)/i.test(text)) return 'html'
  if (/^version \S*git-lfs/.test(text)) return 'lfs-pointer'
  return isPrintable(bytes.subarray(0, 512)) ? 'text' : undefined
}

function sniffBinary(bytes: Uint8Array): Content {
  const first = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  if (first.startsWith('\x93NUMPY')) return 'npy'
  if (first.startsWith('PK\x03\x04')) return 'zip'
  if (first.startsWith('\x89HDF')) return 'hdf5'
  if (first.endsWith('TFL3')) return 'tflite'
  if (looksLikeOnnx(bytes)) return 'onnx'
  if (bytes.length < 8) return 'unknown'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getInt32(0, true) === magic) return 'ncnn-param-bin'
  if (looksLikeNcnnWeights(view)) return 'ncnn-bin'
  return looksLikeMnn(view) ? 'mnn' : 'unknown'
}

/** A flatbuffer starts with the offset of its root table, which starts with the distance to its vtable. */
function looksLikeMnn(view: DataView): boolean {
  const root = view.getUint32(0, true)
  if (root < 4 || root > 4096 || root + 4 > view.byteLength) return false
  const vtable = root - view.getInt32(root, true)
  return vtable >= 4 && vtable + 4 <= view.byteLength && view.getUint16(vtable, true) >= 4
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127))
}
