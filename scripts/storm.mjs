#!/usr/bin/env node
// Opens and runs mutated models in child processes, and keeps the smallest files that crash, hang or take more than 1 GiB:
//   npm run storm -- --engine ncnn|mnn [--model DIR|FILE …] [--count N] [--seed S] [--from N] [--out FILE] [--keep DIR]
// Each mutation has a number: `--from N --count 1` with the same seed and models repeats it. Without --model the networks are
// the small ones of shared/models (TWINFER_SHARED says where that is) and of test/fixtures. With --out each result is a line
// of that file, and a storm that was interrupted goes on behind the last one.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resultLines } from '../bench/lib/resultLines.mjs'
import { modelFiles, smallModelFolders } from '../bench/lib/sharedModels.mjs'
import { keepFinding } from './storm/keepFinding.mjs'
import { filesOf, mutationsOf, readModels } from './storm/mutationsOf.mjs'
import { failures, Opener } from './storm/Opener.mjs'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    model: { type: 'string', multiple: true },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    out: { type: 'string' },
    keep: { type: 'string' },
    // For the test of this script, whose child dies where it is told to.
    child: { type: 'string', default: fileURLToPath(new URL('storm/openAndRun.mjs', import.meta.url)) },
    patience: { type: 'string', default: '20' },
  },
})
const [count, seed, from] = ['count', 'seed', 'from'].map((name) => {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 0) fail(`expected --${name} from 0 up, received ${values[name]}`)
  return number
})
if (values.engine !== 'ncnn' && values.engine !== 'mnn') fail('expected --engine ncnn or mnn')
const paths = (values.model ?? smallModelFolders()).flatMap((path) => modelFiles(path, values.engine))
if (paths.length === 0) fail(`expected models of ${values.engine} in ${values.model}`)

const results = resultLines(values.out)
const last = results.at(-1)
if (last && (last.engine !== values.engine || last.seed !== seed))
  fail(`${values.out} is of ${last.engine}, seed ${last.seed}`)

const began = performance.now()
const scratch = mkdtempSync(join(tmpdir(), 'twinfer-storm-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))
const keep = resolve(values.keep ?? join(tmpdir(), 'twinfer-storm'))
const opener = (name) =>
  new Opener(join(scratch, name), resolve(values.child), Number(values.patience) * 1000)
const models = readModels(paths, values.engine)
await requireSound()
await storm()
summarise()

/** Where a model is refused as it is, so are its mutations, and they show nothing. */
async function requireSound() {
  const sound = opener('sound')
  for (const model of models) {
    const { kind, message } = await sound.try(filesOf(model), model.input)
    if (kind !== 'ran' && kind !== 'refused when run') fail(`${model.name} as it is: ${kind}: ${message}`)
  }
  await sound.end()
}

async function storm() {
  const mutate = mutationsOf(models, values.engine, seed)
  const shared = opener('storm')
  let childSince
  let mutation
  for (let number = last ? last.number + 1 : from; number < from + count; number++) {
    mutation = mutate(number)
    if (shared.fresh) childSince = number
    await record(mutation, await shared.try(mutation.changed, mutation.input), childSince)
    if (process.stderr.isTTY) process.stderr.write(`\r${values.engine} ${number + 1}`)
  }
  const signal = await shared.end()
  if (signal) await record(mutation, { kind: 'crashed', step: 'exit', signal }, childSince)
}

/** `childSince`: the first number that its process opened, which is where to look for the cause if it is not this one. */
async function record(mutation, tried, childSince) {
  const { number, model, what } = mutation
  const result = { engine: values.engine, seed, number, model, what, ...tried, childSince }
  if (failures.includes(result.kind)) {
    const folder = join(keep, `${values.engine}-${seed}-${number}`)
    result.kept = await keepFinding(mutation, result, { folder, opener: () => opener('alone') })
  }
  results.push(result)
  if (values.out) appendFileSync(values.out, `${JSON.stringify(result)}\n`)
}

function summarise() {
  const kinds = ['refused by open', 'ran', 'refused when run', ...failures]
  const counts = kinds.map((kind) => [kind, results.filter((result) => result.kind === kind).length])
  const peak = Math.max(0, ...results.map((result) => result.peak ?? 0))
  console.log(`${values.engine}: ${results.length} mutations of ${models.length} models, seed ${seed}`)
  console.table({
    ...Object.fromEntries(counts),
    'peak RSS, MiB': Math.round(peak / 2 ** 20),
    'seconds taken': Math.round((performance.now() - began) / 1000),
  })
  const found = results.filter(({ kind }) => failures.includes(kind))
  for (const { number, model, what, kind, step, signal, kept, childSince } of found) {
    console.log(`  ${kind} ${number} ${model} (${what}): ${[signal, `in ${step}`].filter(Boolean).join(' ')}`)
    const changes = `${kept.left} of ${kept.changes} changes`
    console.log(
      `    ${kept.folder}: ${kept.alone ? changes : `not by itself; its process began at ${childSince}`}`,
    )
  }
  if (found.length === 0) return
  console.log(
    'To make a test of one: copy its net.* into test/fixtures/cases, and say in test/models/cases.ts what refuses it.',
  )
  process.exitCode = 1
}

function fail(message) {
  console.error(`twinfer: ${message}`)
  process.exit(2)
}
