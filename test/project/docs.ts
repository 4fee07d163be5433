// Prose goes stale in silence: its code is run, its screens are held against what the program prints, its tables against
// the source, and its links are followed.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { cli } from '../helpers/cli.js'
import { digitsPicture, digitsWithSidecar } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'
import { speechRecord } from '../helpers/speech.js'

t.setTimeout(patience * 600_000)

const read = (file: string) => readFileSync(projectPath(file), 'utf8')
const inDocs = readdirSync(projectPath('docs')).map((page) => `docs/${page}`)
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inDocs]

/** A copy of a small network, with what the examples take for granted: an input that went wrong, and damaged weights. */
async function workplace(t: Test): Promise<string> {
  const folder = t.testdir()
  cpSync(fixture('digits8-cnn'), folder, { recursive: true })
  const { data, shape } = await readNpy(join(folder, 'input.npy'))
  const deployed = Float32Array.from(data as Float32Array, (value) => (value - 0.5) / 0.5)
  await writeNpy(join(folder, 'deployed.npy'), new Tensor(deployed, shape))
  // A value slipped in behind the tag of the first 108 weights, and the last of them fell out.
  const weights = readFileSync(join(folder, 'model.ncnn.bin'))
  weights.copyWithin(8, 4, 4 + 4 * 107)
  weights.writeFloatLE(Number.NaN, 4)
  writeFileSync(join(folder, 'shifted.ncnn.bin'), weights)
  cpSync(join(folder, 'model.ncnn.param'), join(folder, 'shifted.ncnn.param'))
  await digitsPicture(join(folder, 'two.png'))
  await digitsWithSidecar(folder)
  cpSync(fixture('tiny-ecapa-tdnn/speech.wav'), join(folder, 'speech.wav'))
  const sidecar = JSON.parse(readFileSync(join(folder, 'model.ncnn.param.twinfer.json'), 'utf8'))
  const speech = { ...sidecar, inputs: { in0: { audio: speechRecord } } }
  writeFileSync(join(folder, 'speech.twinfer.json'), JSON.stringify(speech))
  return folder
}

function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code!)
}

t.test('the examples run as they stand', async (t) => {
  // Only the page on preprocessing says that it takes a picture of yours: all others get by with what a checkout has.
  const picture = await workplace(t)
  const bare = join(picture, 'bare')
  cpSync(fixture('digits8-cnn'), bare, { recursive: true })
  let count = 0
  for (const page of pages) {
    for (const [index, code] of blocks(page, 'js').entries()) {
      const ran = spawnSync(process.execPath, ['--input-type=module'], {
        cwd: page === 'docs/preprocessing.md' ? picture : bare,
        input: code,
        encoding: 'utf8',
      })
      t.equal(ran.status, 0, `example ${index + 1} of ${page}: ${ran.stderr}`)
      t.equal(ran.stderr, '')
      count++
    }
  }
  t.ok(count > 5, 'examples are found')
})

/** A line as any machine would print it. */
const anywhere = (line: string) =>
  line
    .replaceAll(/(?<![\w.])-?\d[\d.]*(e[+-]?\d+)?/g, '#')
    .replaceAll(/# (µs|ms|s)\b/g, '# s')
    .replaceAll(/cpu-\w+/g, 'cpu')
    .replaceAll(/\s+/g, ' ')
    .trim()

for (const page of ['README.md', 'docs/cli.md']) {
  t.test(`the screens of ${page} are what the program prints`, async (t) => {
    const cwd = await workplace(t)
    const screens = blocks(page, 'console').flatMap((block) => block.split(/^\$ /m).slice(1))
    t.ok(screens.length > 4, 'screens are found')
    for (const screen of screens) {
      const [command, ...shown] = screen.trimEnd().split('\n')
      const [program, ...args] = command!.split(' ')
      t.equal(program, 'twinfer')
      const { stdout, stderr } = cli(args, { cwd })
      t.equal(stderr, '', command!)
      // Of this machine are all values of `doctor`.
      const form = args[0] === 'doctor' ? (line: string) => line.split(/ {2,}/)[0]! : anywhere
      const printed = stdout.split('\n').map(form)
      for (const line of shown.filter((line) => line !== '…')) {
        const parts = line.split('…').map((part) => form(part))
        const at = printed.findIndex((real) => isMadeOf(real, parts))
        t.ok(at >= 0, `${command}: ${line}\n${at >= 0 ? '' : stdout}`)
        printed.splice(0, at + 1)
      }
    }
  })
}

/** Whether the parts occur in this order, the first one at the start and the last one at the end. */
function isMadeOf(line: string, parts: readonly string[]): boolean {
  let at = 0
  for (const part of parts) {
    at = line.indexOf(part, at)
    if (at < 0) return false
    at += part.length
  }
  return line.startsWith(parts[0]!) && line.endsWith(parts.at(-1)!)
}

const cliPage = read('docs/cli.md')

/** The text of a section, up to the next heading of its level or above. */
function section(heading: string): string {
  const [, level, rest] = RegExp(`^(#+) ${heading}.*?\n(.*)`, 'ms').exec(cliPage) ?? []
  if (!level) throw new Error(`docs/cli.md has no section ${heading}`)
  return rest!.split(RegExp(`^#{1,${level.length}} `, 'm'))[0]!
}

/** The words in backticks of the first column of the tables with this title. */
function firstColumn(text: string, title: string, word: RegExp): string[] {
  const rows = text.split('\n\n').filter((table) => table.startsWith(`| ${title} `))
  const cells = rows.flatMap((table) => table.trim().split('\n').slice(2)).map((row) => row.split('|')[1]!)
  return cells.flatMap((cell) => [...cell.matchAll(word)].map((match) => match[1]!))
}

const options = (text: string) => firstColumn(text, 'option', /`(--[\w-]+)/g)
const running = options(section('Options of what runs a model'))
const reporting = options(section('Options of what writes reports'))
const commands: Readonly<Record<string, readonly string[]>> = {
  run: running,
  compare: [...running, ...reporting],
  diagnose: running,
  extract: running,
  mixed: running,
  eval: running,
  bench: running,
  tune: running,
  check: [],
  record: running,
  verify: [...running, ...reporting],
  meta: [],
  preprocess: [],
  'probe-card': [],
  inspect: [],
  doctor: [],
  completion: [],
}

t.test('docs/cli.md has every command with every option, and no other', async (t) => {
  const listed = [...cli(['--help']).stdout.matchAll(/^ {2}([a-z-]+) .*(?:<|\[options\])/gm)].map(
    ([, name]) => name,
  )
  t.same(listed.sort(), Object.keys(commands).sort())
  for (const [command, shared] of Object.entries(commands)) {
    const { stdout } = cli([command, '--help'])
    const known = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1]!)
    const explained = [...shared, ...options(section(`\`twinfer ${command}`)), '--help', '--json', '--quiet']
    t.same(explained.sort(), known.sort(), command)
  }
})

t.test('docs/cli.md has every key of the JSON documents, and no other', async (t) => {
  const cwd = await workplace(t)
  const runs: Readonly<Record<string, readonly string[]>> = {
    run: ['model.mnn -i input.npy', 'model.ncnn.param --image two.png'],
    compare: ['model.mnn model.ncnn.param -i input.npy'],
    diagnose: ['model.mnn --reference-output expected.npy --candidate-output expected.npy'],
    extract: ['model.mnn --layer 3 -i input.npy -o repro'],
    mixed: ['model.ncnn.param --reference model_fp16.ncnn.param -i input.npy --min-sqnr 30'],
    eval: ['model.mnn --reference model.onnx --data input.npy --metric cosine'],
    bench: ['model.mnn --duration 0.05 --rounds 2 --threads 1'],
    tune: ['model.mnn --duration 0.05 --rounds 2 --threads 1'],
    check: ['shifted.ncnn.param --against model.onnx'],
    record: [
      'model.mnn -i input.npy -o golden.twin --layers all',
      'model.ncnn.param --image two.png -o picture.twin',
    ],
    verify: [
      'golden.twin shifted.ncnn.param -i deployed.npy --append',
      'golden.twin --rejudge',
      'picture.twin',
    ],
    meta: ['show model.ncnn.param'],
    preprocess: [
      'two.png --sidecar model.ncnn.param.twinfer.json',
      'speech.wav --sidecar speech.twinfer.json',
    ],
    'probe-card': ['-o card.png'],
    inspect: ['model.mnn', 'model.ncnn.param'],
    doctor: [''],
    completion: ['bash'],
  }
  t.same(Object.keys(runs).sort(), Object.keys(commands).sort())
  for (const [command, calls] of Object.entries(runs)) {
    const keys = calls.flatMap((call) => {
      const { stdout } = cli([command, ...call.split(' ').filter(Boolean), '--json'], { cwd })
      return Object.keys(JSON.parse(stdout))
    })
    const explained = firstColumn(section(`\`twinfer ${command}`), 'JSON', /`(\w+)`/g)
    t.same(explained.sort(), [...new Set(keys)].sort(), command)
  }
})

t.test('docs/errors.md explains every code, and no other', async (t) => {
  const codes = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map((match) => match[1]!).sort()
  const documented = codes(read('docs/errors.md'), /^\| `(TWINFER_\w+)`/gm)
  const declared = codes(read('src/errors/TwinferError.ts'), /\| '(TWINFER_\w+)'/g)
  t.same(documented, declared)
})

t.test('every script that the pages name exists, and CONTRIBUTING.md names all', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = (text: string) => [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => match[1]!)
  const all = pages.flatMap((page) => named(read(page)))
  t.ok(all.length > 5)
  for (const name of all) t.ok(name in scripts, name)
  const explained = new Set([...named(read('CONTRIBUTING.md')), 'test', 'prepare'])
  t.same(
    Object.keys(scripts).filter((name) => !explained.has(name)),
    [],
  )
})

t.test('docs/architecture.md has every room of the house, and names what is there', async (t) => {
  const page = read('docs/architecture.md')
  const rows = [...page.matchAll(/^\| (`[^|]*?) +\|/gm)].map((match) => match[1]!)
  const folders = rows.flatMap((cell) => [...cell.matchAll(/`([\w./]+)\/`/g)].map((match) => match[1]!))
  for (const folder of folders) t.ok(existsSync(projectPath(folder)), folder)
  for (const above of ['src', 'cpp']) {
    const rooms = readdirSync(projectPath(above), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    for (const { name } of rooms)
      t.ok(name === 'test' || folders.includes(`${above}/${name}`), `${above}/${name}`)
  }

  // A recipe names files by path, or by a name that a search finds.
  const sources = ['cpp', 'binding', 'src', 'cmake', 'test', 'scripts'].flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|cpp|h|mjs|json|toml|txt|cmake)$/.test(file) && !file.startsWith('fixtures'))
      .map((file) => `${folder}/${file}`),
  )
  const code = sources.map((file) => `${file}\n${read(file)}`).join('\n')
  const recipes = page.slice(page.indexOf('## Recipes'))
  const names = [...recipes.matchAll(/`([\w./]+)`/g)].map((match) => match[1]!)
  t.ok(names.length > 20)
  for (const name of names)
    t.ok(name.includes('/') ? existsSync(projectPath(name)) : code.includes(name), name)
})

t.test('every file and heading that the pages link to exists', async (t) => {
  for (const page of pages) {
    for (const [, link, anchor] of read(page).matchAll(/\]\(([^)#:\s]*)(?:#([^)\s]*))?\)/g)) {
      const file = link === '' ? page : join(dirname(page), link!)
      t.ok(existsSync(projectPath(file)), `${page}: ${link}`)
      if (anchor) t.ok(anchors(read(file)).has(anchor), `${page}: ${link}#${anchor}`)
    }
  }
})

/** As GitHub makes them of headings, and those that a page has by itself. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => match[1]!)
  const slugs = headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )
  return new Set([...slugs, ...[...text.matchAll(/<a name="([^"]+)"/g)].map((match) => match[1]!)])
}

t.test('the README is read in one go', async (t) => {
  t.ok(Buffer.byteLength(read('README.md')) <= 10_000)
})
