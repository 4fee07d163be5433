import type { Content } from './sniffContent.js'

const descriptions: Readonly<Record<Content, string>> = {
  empty: 'an empty file',
  zeros: 'a file of zero bytes only',
  'ncnn-param': 'an ncnn .param',
  'ncnn-param-bin': 'a binary ncnn .param.bin',
  'ncnn-bin': 'ncnn weights (.bin)',
  mnn: 'an MNN model',
  onnx: 'an ONNX model that was not converted',
  html: 'a web page (HTML), perhaps a failed download',
  'lfs-pointer': 'a Git LFS pointer, not the file it stands for',
  npy: 'a NumPy array',
  zip: 'a zip archive (a PyTorch checkpoint is one)',
  tflite: 'a TensorFlow Lite model',
  hdf5: 'an HDF5 file (a Keras model is one)',
  text: 'plain text',
  unknown: 'unknown binary data',
}

/** Words for an error message: "it looks like …". */
export function describeContent(content: Content): string {
  return descriptions[content]
}
