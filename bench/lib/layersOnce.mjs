// node layersOnce.mjs trace|compare RUNS INPUT CANDIDATE REFERENCE: times and highest memory of this process.
// Comparisons and plain runs alternate, so that a busy machine slows both.
import { open, readNpy } from 'twinfer'
import { compareLayers, openReference, openTracer, traceLayers } from 'twinfer/compare'

const [what, runs, inputFile, candidateFile, referenceFile] = process.argv.slice(2)
const threads = 2
const input = await readNpy(inputFile)
const runMs = []
const layersMs = []
if (what === 'trace') {
  const { inputs } = await openTracer(candidateFile)
  await traceLayers(candidateFile, { [inputs[0].name]: input }, { precision: 'fp32', threads })
} else {
  const model = await open(candidateFile, { precision: 'fp32', threads })
  const reference = await openReference(referenceFile, { threads })
  const candidate = await openTracer(candidateFile, { precision: 'fp32', threads })
  const inputs = { [reference.inputs[0].name]: input }
  model.runSync(input)
  for (let i = 0; i < Number(runs); i++) {
    runMs.push(await timed(() => model.runSync(input)))
    layersMs.push(await timed(() => compareLayers(reference, candidate, inputs)))
  }
}
console.log(JSON.stringify({ runMs, layersMs, rssMb: process.resourceUsage().maxRSS / 1024 }))

async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}
