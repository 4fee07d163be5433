import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Model, open, readNpy, type Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { decodePhoto } from './decodePhoto.js'

const here = (name: string) => fileURLToPath(new URL(`../../../examples/photo/${name}`, import.meta.url))
const labels = readFileSync(here('models/imagenet_synset_words.txt'), 'utf8').trimEnd().split('\n')

const RUNS = 30

/** Label without its WordNet number, and without all but the first synonym. */
const labelOf = (index: number) => labels[index]!.replace(/^n\d+ /, '').split(',')[0]!

function topFive({ data }: Tensor): string {
  const logits = Array.from(data as Float32Array)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
  return logits
    .map((logit, index) => ({ index, share: Math.exp(logit) / total }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5)
    .map(({ index, share }) => `    ${(100 * share).toFixed(1).padStart(5)} %  ${labelOf(index)}`)
    .join('\n')
}

async function onlyOutput(model: Model, input: Tensor): Promise<Tensor> {
  return Object.values<Tensor>(await model.run(input))[0]!
}

async function medianMs(model: Model, input: Tensor): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now()
    await model.run(input)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[RUNS / 2]!
}

const photo = await decodePhoto(here('chelsea.png'))
const recorded = await readNpy(here('models/input.npy'))
const reference = await readNpy(here('models/expected.npy'))
const recordedOutputs: Tensor[] = []

for (const file of ['models/model_fp16.ncnn.param', 'models/model_fp16.mnn']) {
  await using model = await open(here(file), { precision: 'fp32' })
  const logits = await onlyOutput(model, photo)
  const recordedLogits = await onlyOutput(model, recorded)
  recordedOutputs.push(recordedLogits)
  const { engineVersion, backend, precision, threads, notes } = model.effective
  console.log(`${model.engine} ${engineVersion}: ${file}`)
  console.log(topFive(logits))
  console.log(
    `    load ${model.loadMs.toFixed(0)} ms, run ${(await medianMs(model, photo)).toFixed(1)} ms (median of ${RUNS})`,
  )
  console.log(`    ran as ${precision} on ${backend}, ${threads} threads; weights stored as fp16 in the file`)
  for (const note of notes) console.log(`    ${note}`)
  const { sqnrDb } = compareTensors(reference, recordedLogits)
  console.log(`    against onnxruntime's recorded logits: ${sqnrDb?.toFixed(1)} dB SQNR\n`)
}

const [ncnn, mnn] = recordedOutputs
const { sqnrDb, cosine } = compareTensors(ncnn!, mnn!)
console.log(`ncnn against MNN: ${sqnrDb?.toFixed(1)} dB SQNR, cosine ${cosine?.toFixed(6)}`)
