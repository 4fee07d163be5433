// An embedding as a phone gives it whose runtime stores fp16 though the file holds fp32.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { open, readNpy, Tensor, writeNpy } from 'twinfer'

const network = fileURLToPath(new URL('../../../test/fixtures/tiny-ecapa-tdnn/', import.meta.url))
const out = process.argv[2] ?? 'build/reports/2-embedding'
mkdirSync(out, { recursive: true })

const model = await open(join(network, 'model_fp16.ncnn.param'), { precision: 'fp32' })
const [{ data, shape }] = Object.values(await model.run(await readNpy(join(network, 'input.npy'))))
await model.dispose()

/** The nearest value that fp16 holds, ties to even; for normal numbers. */
function rounded(value) {
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value) || 1)), -14) - 10)
  const steps = value / step
  const nearest = Math.round(steps)
  return step * (Math.abs(steps - nearest) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest)
}
const embedding = join(out, 'from-the-phone.npy')
await writeNpy(embedding, new Tensor(Float32Array.from(data, rounded), shape))

console.log(
  `twinfer diagnose ${join(network, 'model.ncnn.param')} --reference-output ${join(network, 'expected.npy')} ` +
    `--candidate-output ${embedding}`,
)
