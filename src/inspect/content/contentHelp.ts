import type { Content } from './sniffContent.js'

const remedies: Partial<Record<Content, string>> = {
  'lfs-pointer': 'Run `git lfs pull` in the repository it comes from.',
  html: 'Download it again and look at the first bytes.',
  empty: 'Copy or convert it again.',
  zeros: 'Copy or convert it again: the file was allocated but never written.',
  onnx: 'Convert it with pnnx (for ncnn) or the MNN converter, or name it .onnx.',
  'ncnn-bin': 'Give the .param of this .bin to use ncnn.',
  'ncnn-param': 'Name it .param to use ncnn.',
  'ncnn-param-bin': 'Name it .param.bin, or .param, to use ncnn.',
  mnn: 'Name it .mnn to use MNN.',
  zip: 'Convert it with pnnx (for ncnn), or export ONNX and use the MNN converter.',
  tflite: 'Convert it with the MNN converter.',
}

export function contentHelp(content: Content): string {
  return remedies[content] ?? 'Check that the path names the file you mean.'
}
