// Prose goes stale in silence: the README's code is run, and lists of codes and scripts are held against the source.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

const read = (file: string) => readFileSync(projectPath(file), 'utf8')
const readme = read('README.md')

/** What the README's shorter examples take for granted. */
const given = `
import { open, readNpy } from 'twinfer'
const input = await readNpy('input.npy')
const { data } = input
const downloadAgain = () => {}
`

const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1]!)
for (const [index, code] of examples.entries()) {
  t.test(`example ${index + 1} of the README runs as it stands`, async (t) => {
    const source = code.includes('readNpy(') ? code : given + code
    const ran = spawnSync(process.execPath, ['--input-type=module'], {
      cwd: projectPath('test/fixtures/digits8-cnn'),
      input: source,
      encoding: 'utf8',
    })
    t.equal(ran.status, 0, ran.stderr)
    t.equal(ran.stderr, '')
  })
}

t.test('docs/errors.md explains every code, and no other', async (t) => {
  const codes = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map((match) => match[1]!).sort()
  const documented = codes(read('docs/errors.md'), /^\| `(TWINFER_\w+)`/gm)
  const declared = codes(read('src/errors/TwinferError.ts'), /\| '(TWINFER_\w+)'/g)
  t.same(documented, declared)
})

t.test('every script that the README names exists', async (t) => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!)
  t.ok(named.length > 5)
  for (const name of named) t.ok(name in scripts, name)
})

t.test('every file that the docs link to exists', async (t) => {
  const pages = readdirSync(projectPath('docs')).map((page) => `docs/${page}`)
  for (const file of ['README.md', ...pages]) {
    const folder = file.startsWith('docs/') ? 'docs/' : ''
    for (const [, link] of read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      t.doesNotThrow(() => read(folder + link), `${file}: ${link}`)
    }
  }
})
