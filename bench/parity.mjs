#!/usr/bin/env node
// Whether `check` and `open` agree on files with one change: numbers, names, lines and types of a .param, words and
// bytes of an .mnn, weights. Counts the files that `open` refuses and `check` calls sound, those that run right at
// fp32's floor and `check` calls in error (damaged weights aside), and what ends the process.
//   node bench/parity.mjs [--engine ncnn|mnn] [--count 10000] [--seed 1] [--from 0] [--out FILE] [FOLDERS]
// FOLDERS hold models with an input.npy; default: the small ones of shared/models and of test/fixtures. With --out
// each result is a line of that file, and a run that was interrupted goes on behind its last one.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { resultLines } from './lib/resultLines.mjs'
import { smallModelFolders } from './lib/sharedModels.mjs'
import { WatchedChild } from './lib/WatchedChild.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string' },
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
})
const root = new URL('../', import.meta.url).pathname
const folders = positionals.length > 0 ? positionals : smallModelFolders()
const slowMs = 30_000
/** Findings about what the weights are, which running cannot contradict. */
const aboutWeights =
  /^(weight-(?!size)|zero-channels|tag-in-weights|fp16-underflow|wrong-endianness|shifted-file)/
const floorDb = 80

for (const engine of values.engine ? [values.engine] : ['ncnn', 'mnn']) summarise(engine, await storm(engine))

async function storm(engine) {
  const out = values.out && `${values.out}.${engine}`
  const results = resultLines(out)
  const end = Number(values.from) + Number(values.count)
  let index = results.length > 0 ? results.at(-1).index + 1 : Number(values.from)
  while (index < end) {
    for await (const result of child(engine, index, end)) {
      results.push(result)
      if (out) appendFileSync(out, `${JSON.stringify(result)}\n`)
      index = result.index + 1
      if (process.stderr.isTTY) process.stderr.write(`\r${engine} ${index}`)
    }
  }
  return results
}

/** Results until the child ends, by itself or by what it opened; a crash is a result as well. */
async function* child(engine, from, end) {
  const script = join(root, 'bench/lib/parityChild.mjs')
  const watched = new WatchedChild(script, [engine, values.seed, ...folders], slowMs)
  for (let index = from; index < end; index++) {
    const said = await watched.ask(index)
    if (said.step === 'start' && index === from) throw new Error(`the child ended at once: ${said.message}`)
    yield { index, ...said }
    if (said.crash !== undefined) return
  }
  const crash = await watched.end()
  if (crash !== 0) yield { index: end - 1, step: 'exit', crash }
}

function summarise(engine, results) {
  const missed = results.filter(({ ok, opens }) => ok === true && opens === false)
  const accused = results.filter(
    ({ ok, sqnrDb, codes }) =>
      ok === false && sqnrDb >= floorDb && codes.some((code) => !aboutWeights.test(code)),
  )
  // What only the engine knows: sizes that do not fit each other, mostly.
  const unread = results.filter(({ readsSound, opens }) => readsSound === true && opens === false)
  const crashed = results.filter(({ crash }) => crash !== undefined)
  console.log(`${engine}: ${results.length} files`)
  console.table({
    'refused by open': results.filter(({ opens }) => opens === false).length,
    'open, right': results.filter(({ sqnrDb }) => sqnrDb >= floorDb).length,
    'open, refused or wrong when run': results.filter(({ opens, sqnrDb }) => opens && !(sqnrDb >= floorDb))
      .length,
    'refused by open, sound for check': missed.length,
    'the same without the addon': unread.length,
    'right, in error for check': accused.length,
    'end the process': crashed.length,
  })
  const show = (title, list, tell) => {
    for (const each of list.slice(0, 20))
      console.log(`  ${title} ${each.index} ${each.model} (${each.what}): ${tell(each)}`)
  }
  show('missed', missed, ({ code, refusal }) => `${code} ${refusal}`)
  show('accused', accused, ({ codes, message }) => `${codes[0]} ${message}`)
  show('told by the engine only', unread, ({ code, refusal }) => `${code} ${refusal}`)
  show('crashed', crashed, ({ step, crash }) => `${crash} in ${step}`)
  if (missed.length + accused.length + crashed.length > 0) process.exitCode = 1
}
