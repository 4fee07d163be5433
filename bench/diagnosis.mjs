#!/usr/bin/env node
// The exam of `twinfer diagnose`: plants every fault that has a code, with random parameters, into every model that it fits,
// alone and in pairs, asks the command, and prints how often the right cause was named first, what it was taken for, and
// how to repeat each wrong answer. Pairs of models and inputs with nothing wrong must not be accused.
//   node bench/diagnosis.mjs [--count 2] [--seed 1] [--codes A,B] [--kinds single,pair,clean,source,bad,broken] [--only ID]
//     [--keep DIR] [--json] [--write FILE] [--api] [--fix] [--jobs 1] [--out FILE]
// --only takes an ID as it is printed, with or without its #trial; --keep leaves the files of each case in DIR; --write puts
// the tables between the marks of a page; --fix lets what can be mended on the candidate's side be mended; --api asks in this process, which is quicker and says nothing about the command.
// With --out each answer is a line of that file, and an exam that was interrupted goes on behind the last one.
import { execFile } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { badQuestions } from './diagnosis/askBad.mjs'
import { cleanQuestions } from './diagnosis/askClean.mjs'
import { fileQuestions } from './diagnosis/askFiles.mjs'
import { inputQuestions } from './diagnosis/askInputs.mjs'
import { libraryQuestions } from './diagnosis/askLibraries.mjs'
import { outputQuestions } from './diagnosis/askOutputs.mjs'
import { pairQuestions } from './diagnosis/askPairs.mjs'
import { runQuestions } from './diagnosis/askRuns.mjs'
import { sourceQuestions } from './diagnosis/askSources.mjs'
import { brokenQuestions } from './diagnosis/broken.mjs'
import { Draw } from './diagnosis/Draw.mjs'
import { allReached, mark, tables } from './diagnosis/mark.mjs'
import { root } from './diagnosis/places.mjs'
import { resultLines } from './lib/resultLines.mjs'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    codes: { type: 'string' },
    kinds: { type: 'string', default: 'single,pair,clean,source,bad,broken' },
    only: { type: 'string' },
    keep: { type: 'string' },
    write: { type: 'string' },
    out: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    api: { type: 'boolean', default: false },
    fix: { type: 'boolean', default: false },
    plant: { type: 'boolean', default: false },
    program: { type: 'string', default: join(root, 'bin/twinfer.js') },
  },
})
const attempts = 25
const limitMs = 120_000
const kinds = values.kinds.split(',')
const codes = values.codes?.split(',')
const [onlyId, onlyTrial] = values.only?.split('#') ?? []
const questions = [
  ...inputQuestions(),
  ...libraryQuestions(),
  ...fileQuestions(),
  ...runQuestions(),
  ...outputQuestions(),
  ...pairQuestions(),
  ...sourceQuestions(),
  ...cleanQuestions(),
  ...badQuestions(),
  ...brokenQuestions(),
]
const asked = questions.filter(
  ({ id, kind, code }) =>
    kinds.includes(kind) && (!codes || codes.includes(code)) && (onlyId === undefined || id === onlyId),
)
if (asked.length === 0) throw new Error(`expected questions, received none for ${JSON.stringify(values)}`)
const earlier = resultLines(values.out)
if (earlier.some(({ seed }) => seed !== values.seed))
  throw new Error(`expected answers for seed ${values.seed} in ${values.out}, received ${earlier[0].seed}`)
const answered = new Set(earlier.map(nameOf))
const work = values.keep ?? mkdtempSync(join(tmpdir(), 'twinfer-diagnosis-'))
const cases = asked.flatMap((question) =>
  Array.from({ length: question.once ? 1 : Number(values.count) }, (_, trial) => ({
    question,
    trial,
  })).filter(
    ({ trial }) =>
      (onlyTrial === undefined || trial === Number(onlyTrial)) &&
      !answered.has(nameOf({ id: question.id, trial })),
  ),
)
const marks = earlier.filter(({ isSkipped }) => !isSkipped)
const skipped = earlier.filter(({ isSkipped }) => isSkipped).map(nameOf)
await Promise.all(Array.from({ length: Number(values.jobs) }, workThrough))
if (!values.keep) rmSync(work, { recursive: true })
report()

async function workThrough() {
  for (let next = cases.shift(); next; next = cases.shift()) {
    const { question, trial } = next
    const folder = join(work, `${question.id}#${trial}`.replaceAll(/[^\w.#-]+/g, '-'))
    const planted = await plant(question, trial, folder)
    if (!planted) {
      skipped.push(nameOf({ id: question.id, trial }))
      keepAnswer({ id: question.id, trial, isSkipped: true })
      continue
    }
    if (values.plant)
      console.log(`${question.id}#${trial}\n  ${planted.note}\n  twinfer diagnose ${planted.args.join(' ')}`)
    const started = performance.now()
    const answer = values.plant
      ? {}
      : await ask([
          ...planted.args,
          ...(values.fix && planted.mendable ? ['--fix', join(folder, 'mended')] : []),
        ])
    const one = {
      ...mark(question, { ...planted, mendable: planted.mendable && values.fix }, answer),
      trial,
      ms: performance.now() - started,
    }
    marks.push(one)
    keepAnswer(one)
    if (!one.right && !values.json && !values.plant) console.error(lineOf(one))
    if (!values.keep) rmSync(folder, { recursive: true, force: true })
  }
}

function nameOf({ id, trial }) {
  return `${id}#${trial}`
}

function keepAnswer(answer) {
  if (values.out) appendFileSync(values.out, `${JSON.stringify({ ...answer, seed: values.seed })}\n`)
}

/** The files and arguments of a case; chance is asked again where it made one that cannot be told from innocence. */
async function plant(question, trial, folder) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    rmSync(folder, { recursive: true, force: true })
    const planted = await question.plant(new Draw(question.id, values.seed, trial, attempt), folder, trial)
    if (planted) return planted
  }
  return null
}

async function ask(args) {
  if (values.api) return (await import('./diagnosis/askApi.mjs')).askApi(args)
  const [status, stdout, stderr] = await new Promise((resolve) => {
    const command = [values.program, 'diagnose', ...args, '--json']
    execFile(process.execPath, command, { timeout: limitMs, maxBuffer: 1 << 28 }, (error, ...printed) =>
      resolve([error?.signal ?? error?.code ?? 0, ...printed]),
    )
  })
  try {
    const document = JSON.parse(stdout)
    return document.error ? { error: document.error.code } : document
  } catch {
    return { error: `exit ${status}: ${stderr.slice(0, 200).trim()}` }
  }
}

function lineOf({ id, trial, codes, first, note, expected }) {
  const got = codes.length > 0 ? codes.join(', ') : first
  return `wrong: --only '${id}#${trial}' --seed ${values.seed}\n  expected ${expected.map((list) => list.join(' or ')).join(' and ')}, received ${got}; ${note ?? ''}`
}

function report() {
  if (values.json) console.log(JSON.stringify({ marks, skipped }))
  const text = tables(marks, { seed: values.seed, count: values.count })
  if (values.write) writeFileSync(values.write, between(readFileSync(values.write, 'utf8'), text))
  if (values.plant) console.log(`not planted: ${skipped.join(', ')}`)
  if (values.json || values.plant) return
  console.log(text)
  const times = marks.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share) => `${(times[Math.floor(share * (times.length - 1))] / 1000).toFixed(1)} s`
  console.log(`\n${marks.length} cases, ${at(0.5)} in their median, ${at(1)} at most`)
  const besides = marks.filter((one) => one.besides.length > 0)
  console.log(`${besides.length} right answers named another cause besides`)
  for (const { id, trial, besides: codes } of besides.slice(0, 20))
    console.log(`  ${id}#${trial}: ${codes.join(', ')}`)
  if (skipped.length > 0) console.log(`not planted: ${skipped.join(', ')}`)
  if (!allReached(marks)) process.exitCode = 1
}

function between(page, text) {
  const marked = /(<!-- matrix: .* -->\n)[\s\S]*(<!-- \/matrix -->)/
  if (!marked.test(page))
    throw new Error(`expected the marks of the matrix in ${values.write}, received none`)
  return page.replace(marked, `$1${text}\n$2`)
}
