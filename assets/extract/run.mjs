// Runs the piece of a network that lies beside it, and says how far its outputs are from the expected ones.
// It needs twinfer: npm install twinfer && node run.mjs
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { open, readNpy, Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'

const beside = (file) => fileURLToPath(new URL(file, import.meta.url))
const repro = JSON.parse(readFileSync(beside('repro.json'), 'utf8'))

const model = await open(beside(repro.piece), { ...repro.options, sidecar: false })
const inputs = {}
for (const { name, file, layout } of repro.inputs) {
  const { data, shape } = await readNpy(beside(file))
  inputs[name] = new Tensor(data, shape, { layout })
}
const outputs = await model.run(inputs, { outputs: repro.outputs.map(({ name }) => name) })
for (const { name, expected } of repro.outputs) {
  const { maxAbs, sqnrDb } = compareTensors(await readNpy(beside(expected)), outputs[name])
  const decibels = sqnrDb === null ? 'one side only is not finite' : `SQNR ${sqnrDb.toFixed(1)} dB`
  console.log(`${name}: ${maxAbs === 0 && sqnrDb !== null ? 'identical' : `max abs ${maxAbs}, ${decibels}`}`)
}
await model.dispose()
