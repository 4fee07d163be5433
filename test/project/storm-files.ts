// `npm run storm -- --files`: what a file must not make the program do is found when a program does it, the same number makes
// the same mutation, and sound files and a few mutations do nothing of it.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { TwinferError } from '../../dist/index.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

t.setTimeout(patience * 300_000)

type Files = Readonly<Record<string, Buffer>>

interface Watch {
  readonly found: readonly { readonly kind: string; readonly message: string }[]
  call(name: string, work: () => unknown): Promise<boolean>
  command(main: () => unknown, argv: readonly string[]): Promise<unknown>
  report(path: string): void
  lookAround(): void
}

interface Parts {
  readonly Watch: new (file: string) => Watch
  readonly elsewhere: string
  readonly forged: string
  readonly misdeeds: readonly string[]
  readonly secret: string
  readonly fileSamples: Readonly<Record<string, (scratch: string) => readonly Files[] | Promise<Files[]>>>
  readonly stormOfFiles: (
    samples: readonly Files[],
    seed: number,
  ) => (number: number) => { readonly what: string; readonly original: Files; readonly changed: Files }
}

const part = (name: string) => import(projectPath(`scripts/storm/${name}.mjs`)) as Promise<Parts>
const { Watch } = await part('Watch')
const { elsewhere, forged, misdeeds, secret } = await part('hostile')
const { fileSamples } = await part('fileSamples')
const { stormOfFiles } = await part('stormOfFiles')

/** A watch over a file in a folder of its own, as the storm lays it out. */
function watchOf(t: Test): { readonly watch: Watch; readonly place: (name: string) => string } {
  const folder = t.testdir({ files: {} })
  const place = (name: string) => join(folder, 'files', name)
  return { watch: new Watch(place('a.npy')), place }
}

type Misdeed = (watch: Watch, place: (name: string) => string) => unknown

const printing = (text: string) => (watch: Watch) =>
  watch.command(() => process.stdout.write(text), ['run', 'model.mnn'])
const throwing = (error: unknown) => (watch: Watch) =>
  watch.call('read', () => {
    throw error
  })
const writing =
  (name: string, text: string): Misdeed =>
  (watch, place) => {
    writeFileSync(place(name), text)
    watch.report(place(name))
  }
const behind = (cause: unknown) => new TwinferError('TWINFER_NPY_INVALID', 'damaged', { cause })

const deeds: Readonly<Record<string, readonly Misdeed[]>> = {
  'untyped error': [
    throwing(new RangeError('Invalid array length')),
    throwing(behind(new TypeError('x is undefined'))),
    throwing(
      new TwinferError('TWINFER_INVALID_ARGUMENT', 'x', { help: 'One of the arguments cannot be used' }),
    ),
    printing('error TWINFER_INTERNAL: TypeError: x is undefined'),
    (watch) => watch.command(() => Promise.reject(new SyntaxError('x')), ['run']),
  ],
  'left its folder': [
    () => readFileSync(join(elsewhere, 'canary.txt')),
    (_, place) => readFileSync(place('../canary.npy')),
    (_, place) => writeFileSync(place('../canary.npy'), 'other'),
    (_, place) => writeFileSync(place('../out.npy'), ''),
    printing(`expected numbers, received ${secret}`),
    writing('outputs.csv', secret),
  ],
  'obeyed by a terminal': [
    printing('a\u001b[2Jb'),
    printing('a\u009b2Jb'),
    printing('a\rb'),
    printing('a\u202eb'),
    (watch) => watch.command(() => writeSync(2, 'error: \u0007'), ['run']),
  ],
  'forged line': [printing(`model a\n${forged}\n`)],
  'markup in a report': [
    writing('report.html', '<td>a<storm onload=x></td>'),
    writing('report.html', `<td title="a"' onstorm="x">`),
    writing('junit.xml', '<testcase name="a"/><storm>'),
  ],
  'formula in a table': [
    writing('outputs.csv', 'name\n=storm(1)\n'),
    writing('outputs.csv', 'name,b\na,"\t=storm(1)"\n'),
  ],
}

t.same(Object.keys(deeds), misdeeds)
for (const [kind, ways] of Object.entries(deeds)) {
  t.test(`${kind} is found`, async (t) => {
    for (const way of ways) {
      const { watch, place } = watchOf(t)
      await way(watch, place)
      watch.lookAround()
      t.ok(watch.found.length > 0, String(way))
      for (const found of watch.found) t.equal(found.kind, kind, found.message)
    }
  })
}

t.test('what a program may do is not', async (t) => {
  const { watch, place } = watchOf(t)
  await watch.call('read', () => 1)
  await throwing(behind(new SyntaxError('no JSON')))(watch)
  await printing('pass: a⟨U+001B⟩b\n  a\n')(watch)
  writing('report.html', '<td>&lt;storm onload=x&gt;</td>')(watch, place)
  writing('outputs.csv', "name\n'=storm(1)\n")(watch, place)
  writeFileSync(place('out.npy'), '')
  watch.lookAround()
  t.same(watch.found, [])
})

const kinds = ['pack', 'npz', 'npy', 'onnx', 'sidecar', 'tuned', 'csv']
t.same(Object.keys(fileSamples), kinds)
for (const kind of kinds) {
  t.test(`${kind}: a number has its mutation, and a few do no harm`, async (t) => {
    const samples = await fileSamples[kind]!(t.testdir())
    const [one, again, other] = [5, 5, 6].map((seed) => stormOfFiles(samples, seed))
    const said = new Set<string>()
    let unchanged = 0
    for (let number = 0; number < 60; number++) {
      const { what, original, changed } = one!(number)
      t.strictSame(again!(number).changed, changed, what)
      said.add(what.replaceAll(/[\d.-]+/g, '#'))
      const [name] = Object.keys(original)
      if (original[name!]!.equals(changed[name!]!)) unchanged++
    }
    t.ok(said.size > 20, [...said].join(', '))
    t.ok(unchanged < 10, `${unchanged} are no mutation`)
    t.not(other!(0).what, one!(0).what)
    if (!['npz', 'tuned', 'csv'].includes(kind)) return // the others take half a minute
    const args = ['--files', kind, '--count', '3', '--seed', '2', '--keep', join(t.testdirName, 'kept')]
    const script = projectPath('scripts/storm.mjs')
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
    t.equal(status, 0, `${stdout}${stderr}`)
    t.match(stdout, /3 mutations of \d files, seed 2/)
  })
}
