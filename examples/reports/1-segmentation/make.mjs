// A file that a later converter signed, and an output in packs of four channels that is read as if it were plain.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { open, readNpy, Tensor, writeNpy } from 'twinfer'

const out = process.argv[2] ?? 'build/reports/1-segmentation'
const shared = process.env.TWINFER_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const network = join(shared, 'models/tiny-unet')
if (!existsSync(network)) {
  console.log(`skipped: no network at ${network}`)
  process.exit()
}
mkdirSync(out, { recursive: true })

const file = readFileSync(join(network, 'model.mnn'))
file.write('4.1.0', file.indexOf('3.6.1'), 'latin1')
const newer = join(out, 'newer.mnn')
writeFileSync(newer, file)

const model = await open(join(network, 'model.mnn'), { precision: 'fp32' })
const [{ data, shape }] = Object.values(await model.run(await readNpy(join(network, 'input.npy'))))
await model.dispose()
const [, channels, height, width] = shape
const plane = height * width
/** What the first values are of a buffer that holds four channels of a pixel side by side. */
const misread = Float32Array.from({ length: data.length }, (_, i) => {
  const pixel = Math.floor(i / 4)
  const channel = 4 * Math.floor(pixel / plane) + (i % 4)
  return channel < channels ? data[channel * plane + (pixel % plane)] : 0
})
const board = join(out, 'board.npy')
await writeNpy(board, new Tensor(misread, shape))

const at = (name) => join(network, name)
console.log(
  `twinfer diagnose ${newer} --reference ${at('model.onnx')} --golden-input ${at('input.npy')} ` +
    `--reference-output ${at('expected.npy')} --candidate-output ${board}`,
)
