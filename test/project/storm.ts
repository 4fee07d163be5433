// `npm run storm`: the same number makes the same mutation, a small storm of a sound addon ends well, an interrupted one goes
// on, and a child that dies or hangs is a finding, reduced to the change that matters.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

t.setTimeout(patience * 300_000)

type Files = Readonly<Record<string, Buffer>>

interface Mutation {
  readonly what: string
  readonly original: Files
  readonly changed: Files
}

interface Change {
  readonly name: string
  readonly start: number
  readonly put: Buffer
}

interface Storm {
  readonly readModels: (paths: readonly string[], engine: string) => readonly object[]
  readonly mutationsOf: (
    models: readonly object[],
    engine: string,
    seed: number,
  ) => (number: number) => Mutation
  readonly changesBetween: (original: Files, changed: Files) => readonly Change[]
  readonly withChanges: (original: Files, changes: readonly Change[]) => Files
}

interface Result {
  readonly number: number
  readonly kind: string
  readonly step: string
  readonly grew?: string
  readonly before?: Readonly<Record<string, number>>
  readonly kept?: { readonly folder: string; readonly alone: boolean; readonly left: number }
}

const part = (name: string) => import(projectPath(`scripts/storm/${name}.mjs`)) as Promise<Storm>
const { mutationsOf, readModels } = await part('mutationsOf')
const { changesBetween, withChanges } = await part('minimise')
const names = { ncnn: ['model', 'model_int8'], mnn: ['model', 'model_w8'] } as const
const models = {
  ncnn: names.ncnn.map((name) => fixture(`digits8-cnn/${name}.ncnn.param`)),
  mnn: names.mnn.map((name) => fixture(`digits8-cnn/${name}.mnn`)),
}
const engines = ['ncnn', 'mnn'] as const

function storm(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [projectPath('scripts/storm.mjs'), ...args],
    {
      encoding: 'utf8',
    },
  )
  return { status, text: `${stdout}${stderr}` }
}

const resultsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)

for (const engine of engines) {
  t.test(`mutations for ${engine} are those of their number`, async (t) => {
    const [one, again, other] = [5, 5, 6].map((seed) =>
      mutationsOf(readModels(models[engine], engine), engine, seed),
    )
    const said = new Set<string>()
    for (let number = 0; number < 60; number++) {
      const { what, original, changed } = one!(number)
      t.strictSame(again!(number), one!(number), what)
      t.strictSame(withChanges(original, changesBetween(original, changed)), changed, what)
      said.add(what.replaceAll(/[\d.-]+/g, '#'))
    }
    t.ok(said.size > 12, [...said].join(', '))
    t.not(other!(0).what, one!(0).what)
  })

  t.test(`a small storm on ${engine} ends well, and goes on where it was interrupted`, async (t) => {
    const folder = t.testdir()
    const out = join(folder, 'out.jsonl')
    const args = [
      '--engine',
      engine,
      '--model',
      fixture('digits8-cnn'),
      '--seed',
      '3',
      '--keep',
      folder,
      '--out',
      out,
    ]
    const first = storm(...args, '--count', '12')
    t.equal(first.status, 0, first.text)
    t.equal(resultsIn(out).length, 12)
    // As if it had been ended while it wrote.
    appendFileSync(out, '{"engine":')
    const all = storm(...args, '--count', '20')
    t.equal(all.status, 0, all.text)
    t.match(all.text, /20 mutations of \d models, seed 3/)
    t.strictSame(
      resultsIn(out).map(({ number }) => number),
      Array.from({ length: 20 }, (_, number) => number),
    )
    t.equal(storm(...args.with(5, '4')).status, 2, 'results of another seed are not gone on with')
  })
}

/** A child that opens nothing: it does `how` where the file has this byte, and else says that it ran. */
function fakeChild(t: Test, { start, put }: Change, how: string): string {
  const script = join(t.testdir(), 'child.mjs')
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs'
    import { answerRequests } from ${JSON.stringify(projectPath('bench/lib/answerRequests.mjs'))}
    await answerRequests(({ file }, say) => {
      say({ step: 'open' })
      if (readFileSync(file)[${start}] === ${put[0]}) ${how}
      return { kind: 'ran', peak: 1, resting: 1 }
    })`,
  )
  return script
}

/** The number of a mutation that writes many bytes, with those. */
function broad(): { number: number; original: Files; changes: readonly Change[] } {
  const mutate = mutationsOf(readModels(models.mnn, 'mnn'), 'mnn', 1)
  for (let number = 0; ; number++) {
    const { original, changed } = mutate(number)
    if (original['net.mnn']!.length !== changed['net.mnn']!.length) continue
    const changes = changesBetween(original, changed)
    if (changes.length > 50) return { number, original, changes }
  }
}

const ends = [
  { kind: 'crashed', how: 'process.abort()', step: 'open' },
  { kind: 'hung', how: 'for (;;);', step: 'open' },
  { kind: 'over 1 GiB', how: "return { kind: 'ran', peak: 2 ** 31, resting: 1 }", step: 'done' },
]
for (const { kind, how, step } of ends) {
  t.test(`what ${kind} is reduced and kept`, async (t) => {
    const { number, original, changes } = broad()
    // In none of the models as they are, which have to open.
    const sound = models.mnn.map((model) => readFileSync(model))
    const guilty = changes
      .slice(changes.length / 2)
      .find(({ start, put }) => sound.every((content) => content[start] !== put[0]))!
    const child = fakeChild(t, guilty, how)
    const out = join(t.testdirName, 'out.jsonl')
    const args = [
      '--engine',
      'mnn',
      ...models.mnn.flatMap((model) => ['--model', model]),
      '--from',
      String(number),
    ]
    const { status, text } = storm(
      ...[...args, '--count', '2', '--child', child, '--out', out],
      ...['--keep', join(t.testdirName, 'kept'), '--patience', String(patience * 2)],
    )
    t.equal(status, 1, text)
    const [result, next] = resultsIn(out)
    t.match(result, { number, kind, step, kept: { alone: true } }, text)
    t.equal(next?.kind, 'ran', 'the storm goes on')
    const kept = readFileSync(join(result!.kept!.folder, 'net.mnn'))
    const left = changesBetween(original, { ...original, 'net.mnn': kept })
    t.equal(left.length, result!.kept!.left)
    t.ok(left.some(({ start }) => start === guilty.start))
    // A try that hangs takes its time, so there are few.
    t.ok(
      kind === 'hung' ? left.length < changes.length : left.length === 1,
      `${left.length} of ${changes.length}`,
    )
    const said = JSON.parse(readFileSync(join(result!.kept!.folder, 'storm.json'), 'utf8'))
    t.match(said, {
      seed: 1,
      number,
      kind,
      step,
      what: String,
      ...(kind === 'crashed' ? { signal: 'SIGABRT' } : {}),
    })
  })
}

// What is grown depends on the engines' sources, which are there where the addon was built.
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
const sources = existsSync(join(process.env.TWINFER_CACHE || join(cache, 'twinfer'), 'sources'))
for (const engine of engines) {
  t.test(
    `networks grown for ${engine}`,
    { skip: sources ? false : 'no sources of the engines' },
    async (t) => {
      const folder = t.testdir()
      const out = join(folder, 'out.jsonl')
      const args = ['--engine', engine, '--grow', '--seed', '3', '--keep', folder, '--out', out]
      const first = storm(...args, '--count', '3')
      t.equal(first.status, 0, first.text)
      const all = storm(...args, '--count', '5')
      t.equal(all.status, 0, all.text)
      t.match(all.text, /\d\d networks grown out of 5 numbers, seed 3/)
      t.match(all.text, /ran, percent[^\d]+[1-9]\d? /, 'some of them run')
      t.strictSame(
        resultsIn(out).map(({ number }) => number),
        [0, 1, 2, 3, 4],
      )
      const again = join(folder, 'again.jsonl')
      storm(...args.with(-1, again), '--from', '3', '--count', '1')
      const grew = ({ number, grew, before }: Result) => ({ number, grew, before })
      t.strictSame(resultsIn(again).map(grew), [grew(resultsIn(out)[3]!)], 'a number grows the same again')
      const mutated = storm(...args.filter((arg) => arg !== '--grow'), '--count', '6')
      t.match(mutated, { status: 2, text: /is of grown networks/ })
    },
  )
}
