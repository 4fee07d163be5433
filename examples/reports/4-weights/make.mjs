// A .bin whose first layer slipped by one value: NaN came in at the front, the last value fell out.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const network = fileURLToPath(new URL('../../../test/fixtures/digits8-cnn/', import.meta.url))
const out = process.argv[2] ?? 'build/reports/4-weights'
mkdirSync(out, { recursive: true })

const weights = readFileSync(join(network, 'model.ncnn.bin'))
const [tag, count] = [4, 108]
weights.copyWithin(tag + 4, tag, tag + 4 * (count - 1))
weights.writeFloatLE(Number.NaN, tag)
writeFileSync(join(out, 'shifted.ncnn.bin'), weights)
const shifted = join(out, 'shifted.ncnn.param')
cpSync(join(network, 'model.ncnn.param'), shifted)

console.log(
  `twinfer diagnose ${shifted} --reference ${join(network, 'model.onnx')} --golden-input ${join(network, 'input.npy')}`,
)
