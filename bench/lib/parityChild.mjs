// Mutates, checks, opens and runs the files that the parent asks for by number; says each step before it takes it, so that
// the parent knows where a crash was.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { open, readNpy, TwinferError } from 'twinfer'
import { check, compareTensors } from 'twinfer/compare'
import { checkWith } from '../../dist/check/check.js'
import { answerRequests } from './answerRequests.mjs'
import { mnnWeightRanges } from './mnnWeightRanges.mjs'
import { mutateMnn, mutateNcnn, random } from './mutations.mjs'
import { modelFiles } from './sharedModels.mjs'

const [engine, seed, ...folders] = process.argv.slice(2)
const options = { precision: 'fp32', threads: 1 }
const models = folders.flatMap((folder) => modelFiles(folder, engine))
const scratch = mkdtempSync(join(tmpdir(), 'parity-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
const baselines = new Map()

await answerRequests(async (index, say) => {
  const next = random(Number(seed) * 1_000_003 + index)
  const model = models[Math.floor(next() * models.length)]
  const { file, what } = mutate(model, next)
  say({ step: 'check', model: `${basename(dirname(model))}/${basename(model)}`, what })
  const report = await check(file)
  // As on a machine without an addon.
  const read = report.ok ? report : await checkWith(async () => {}, file, {})
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  say({ step: 'open' })
  const ran = await runOf(file, model, () => say({ step: 'run' }))
  return {
    ok: report.ok,
    readsSound: read.ok,
    codes: errors.map(({ code }) => code),
    message: errors[0]?.message ?? null,
    ...ran,
  }
})

function mutate(model, next) {
  if (engine === 'mnn') {
    const { what, content } = mutateMnn(
      { content: readFileSync(model), weights: mnnWeightRanges(model) },
      next,
    )
    const file = join(scratch, 'net.mnn')
    writeFileSync(file, content)
    if (existsSync(`${model}.weight`)) writeFileSync(`${file}.weight`, readFileSync(`${model}.weight`))
    return { file, what }
  }
  const original = {
    param: readFileSync(model, 'utf8'),
    bin: readFileSync(model.replace(/\.param$/, '.bin')),
  }
  const { what, param, bin } = mutateNcnn(original, next)
  const file = join(scratch, 'net.param')
  writeFileSync(file, param)
  writeFileSync(join(scratch, 'net.bin'), bin)
  return { file, what }
}

/** Whether it opens, and whether it then gives what the model gave before it was changed. */
async function runOf(file, model, running) {
  let opened
  try {
    opened = await open(file, options)
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    return { opens: false, code: error.code, refusal: error.message }
  }
  try {
    running()
    const { inputs, outputs } = await baseline(model)
    const found = Object.values(await opened.run(inputs)).filter((value) => value?.data)
    if (found.length !== outputs.length) return { opens: true, sqnrDb: null }
    return { opens: true, sqnrDb: Math.min(...outputs.map((output, i) => likeness(output, found[i]))) }
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    return { opens: true, sqnrDb: null, code: error.code, refusal: error.message }
  } finally {
    await opened.dispose()
  }
}

function likeness(a, b) {
  if (a.shape.join() !== b.shape.join()) return Number.NEGATIVE_INFINITY
  return compareTensors(a, b).sqnrDb ?? Number.NEGATIVE_INFINITY
}

/** What the unchanged model gives for the input beside it. */
async function baseline(model) {
  if (baselines.has(model)) return baselines.get(model)
  const inputs = await readNpy(join(dirname(model), 'input.npy'))
  const opened = await open(model, options)
  const outputs = Object.values(await opened.run(inputs)).filter((value) => value?.data)
  await opened.dispose()
  const made = { inputs, outputs }
  baselines.set(model, made)
  return made
}
