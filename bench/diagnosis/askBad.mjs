// What is no fair evidence: pictures that cannot tell, that belong to another tensor, or that are hardly pictures. The answer
// has to be an error with a code, or accuse nobody.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { tensors } from './bases.mjs'
import { plantInnocent } from './inputCases.mjs'
import { writeNetwork } from './networks.mjs'
import { drawPicture, exchanged, greyTwice, writePicture } from './pictures.mjs'
import { drawRecord, normalised, placed } from './records.mjs'

const harmless = ['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES', 'INCONCLUSIVE']

/** [what, how the folder of a clean pair is spoilt, what may be said besides the harmless] */
const spoilt = [
  [
    'the picture of another case',
    async (draw, folder) => writePicture(join(folder, 'image.png'), await drawPicture(draw)),
  ],
  [
    'a picture cut off',
    async (_draw, folder) => {
      const whole = readFileSync(join(folder, 'image.png'))
      writeFileSync(join(folder, 'image.png'), whole.subarray(0, Math.floor(whole.length * 0.4)))
    },
  ],
  ['a picture of 16 bits', (_draw, folder) => again(folder, (image) => image.toColourspace('rgb16').png())],
  ['a picture in CMYK', (_draw, folder) => again(folder, (image) => image.toColourspace('cmyk').jpeg())],
  [
    'a picture that moves',
    async (_draw, folder) => {
      const file = join(folder, 'image.png')
      const frame = await sharp(file).toBuffer()
      writeFileSync(
        file,
        await sharp([frame, await sharp(frame).negate().toBuffer()], { join: { animated: true } })
          .webp({ loop: 0 })
          .toBuffer(),
      )
    },
  ],
  ['no picture at all', (_draw, folder) => writeFileSync(join(folder, 'image.png'), 'not found')],
  [
    'a deployed input of another size',
    async (draw, folder) => {
      const side = 32
      const values = Float32Array.from({ length: 3 * side * side }, () => draw.normal())
      await writeNpy(join(folder, 'deployed.npy'), new Tensor(values, [1, 3, side, side]))
    },
  ],
  [
    'a golden input of NaN',
    async (_draw, folder) => {
      const { data, shape } = await readNpy(join(folder, 'golden.npy'))
      await writeNpy(
        join(folder, 'golden.npy'),
        new Tensor(
          data.map(() => Number.NaN),
          shape,
        ),
      )
    },
    ['INPUT_NOT_FINITE'],
  ],
]

export function badQuestions() {
  const questions = spoilt.map(([what, spoil, also = []]) => ({
    id: `bad/${what}`,
    kind: 'bad',
    code: 'bad',
    async plant(draw, folder) {
      const made = await plantInnocent(draw, folder, { channels: 3 }, 'same')
      await spoil(draw, folder)
      return asked(draw, folder, made.size, also)
    },
  }))
  return [...questions, colours()]
}

/** Colours exchanged in a picture that has none: nothing is there to be seen. */
function colours() {
  return {
    id: 'bad/exchanged colours of a grey picture',
    kind: 'bad',
    code: 'bad',
    async plant(draw, folder) {
      const picture = greyTwice(await drawPicture(draw))
      const made = await plantInnocent(draw, folder, { channels: 3 }, 'same')
      const record = drawRecord(draw, { size: made.size, channels: 3 }, { normalisation: 'half half' })
      await writePicture(join(folder, 'image.png'), picture)
      const shape = [1, 3, made.size.height, made.size.width]
      for (const [name, shown] of Object.entries({ golden: picture, deployed: exchanged(picture) })) {
        const values = normalised(await placed(shown, record), record)
        await writeNpy(join(folder, `${name}.npy`), new Tensor(values, shape))
      }
      return asked(draw, folder, made.size, [])
    },
  }
}

function asked(draw, folder, size, also) {
  const { ncnn, onnx } = writeNetwork(draw, join(folder, 'original'), { size })
  return {
    args: [ncnn, '--reference', onnx, ...tensors(folder), '--image', join(folder, 'image.png')],
    accept: [[...harmless, ...also]],
  }
}

async function again(folder, make) {
  const file = join(folder, 'image.png')
  const content = await make(sharp(readFileSync(file))).toBuffer()
  writeFileSync(file, content)
}
