// Runs under the target's Node.js: `models.mjs FOLDER` prints, for every network in FOLDER on both engines in each
// precision, what ran and how far its output is from onnxruntime's recorded one.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { compareTensors } from 'twinfer/compare'

const folder = process.argv[2]
const files = ['model.ncnn.param', 'model.mnn']
const precisions = ['fp32', 'fp16', 'fp16-storage', 'bf16']

console.log('| network | engine | precision | ran as | largest error | SQNR | cosine |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const name of readdirSync(folder).sort()) {
  for (const file of files.map((file) => join(folder, name, file)).filter((file) => existsSync(file))) {
    const input = await readNpy(join(folder, name, 'input.npy'))
    const expected = await readNpy(join(folder, name, 'expected.npy'))
    for (const precision of precisions) console.log(await row(name, file, precision, input, expected))
  }
}

async function row(name, file, precision, input, expected) {
  const model = await open(file, { precision, threads: 1 })
  const [output] = Object.values(model.runSync(input))
  const { maxAbs, sqnrDb, cosine } = compareTensors(expected, output)
  const { backend, precision: active } = model.effective
  await model.dispose()
  const numbers = [maxAbs?.toExponential(1), `${sqnrDb?.toFixed(1)} dB`, cosine?.toFixed(6)]
  return `| ${[name, model.engine, precision, `${active} on ${backend}`, ...numbers].join(' | ')} |`
}
