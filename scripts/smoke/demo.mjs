// Runs in a project that has twinfer installed: `node demo.mjs FOLDER` runs the network in FOLDER on both engines and
// prints one JSON line, { node, arch, glibc, runs: [{ engine, precision, sqnrDb }] }.
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { compareTensors } from 'twinfer/compare'

const folder = process.argv[2]
const input = await readNpy(join(folder, 'input.npy'))
const expected = await readNpy(join(folder, 'expected.npy'))
const runs = []
for (const file of ['model.ncnn.param', 'model.mnn']) {
  const model = await open(join(folder, file), { precision: 'fp32', threads: 2 })
  const [output] = Object.values(await model.run(input))
  const { sqnrDb } = compareTensors(expected, output)
  runs.push({ engine: model.engine, precision: model.effective.precision, sqnrDb })
  await model.dispose()
}
const { glibcVersionRuntime: glibc } = process.report.getReport().header
console.log(JSON.stringify({ node: process.version, arch: process.arch, glibc, runs }))
