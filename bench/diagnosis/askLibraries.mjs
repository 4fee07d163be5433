import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor, writeNpy } from 'twinfer'
import { tensors } from './bases.mjs'
import { writeNetwork } from './networks.mjs'
import { decode } from './pictures.mjs'
import { root } from './places.mjs'
import { forChannels, normalisations, normalised } from './records.mjs'

const folder = join(root, 'bench/diagnosis/made-in-python')
const photo = join(root, 'examples/photo/chelsea.png')

/** [code, golden, deployed]: pictures that Pillow and OpenCV resized themselves; `clean` where nothing is wrong. */
const pairs = [
  ['PREPROC_INTERPOLATION', 'stretch-pillow-bilinear', 'stretch-opencv-linear'],
  ['PREPROC_INTERPOLATION', 'stretch-pillow-bicubic', 'stretch-pillow-nearest'],
  ['PREPROC_INTERPOLATION', 'stretch-pillow-lanczos', 'stretch-opencv-cubic'],
  ['PREPROC_INTERPOLATION', 'stretch-opencv-area', 'stretch-opencv-nearest'],
  ['PREPROC_CROP', 'cover-0.875-pillow-bicubic', 'cover-1-pillow-bicubic'],
  ['PREPROC_ASPECT', 'letterbox-114-opencv-linear', 'square-opencv-linear'],
  ['PREPROC_ASPECT', 'letterbox-114-opencv-linear', 'letterbox-0-opencv-linear'],
  ['PREPROC_ASPECT', 'cover-1-pillow-bicubic', 'square-pillow-bicubic'],
  ['PREPROC_SOURCE_STRIDE_SWAPPED', 'stretch-pillow-bilinear', 'sheared-pillow-bilinear'],
  ['clean', 'stretch-pillow-bilinear', 'stretch-pillow-bilinear'],
  ['clean', 'stretch-opencv-area', 'stretch-opencv-area'],
]

export function libraryQuestions() {
  return pairs.map(([code, golden, deployed]) => ({
    id: `${code}/by the libraries: ${deployed} for ${golden}`,
    kind: code === 'clean' ? 'clean' : 'single',
    code,
    once: true,
    async plant(draw, to) {
      mkdirSync(to, { recursive: true })
      const normalisation = draw.pick(Object.keys(normalisations))
      const record = forChannels(normalisations[normalisation], 3)
      let size
      for (const [name, file] of Object.entries({ golden, deployed })) {
        const picture = await decode(join(folder, `${file}.png`))
        size = { width: picture.width, height: picture.height }
        const values = normalised(picture, record)
        await writeNpy(join(to, `${name}.npy`), new Tensor(values, [1, 3, size.height, size.width]))
      }
      const { ncnn, onnx } = writeNetwork(draw, join(to, 'original'), { size })
      return {
        args: [ncnn, '--reference', onnx, ...tensors(to), '--image', photo],
        accept: [code === 'clean' ? ['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES'] : [code]],
        source: 'image and tensors',
        note: normalisation,
      }
    },
  }))
}
