// What an installation brings, and where it comes from.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

interface LockedPackage {
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly link?: boolean
}
interface Bill {
  readonly metadata: { readonly component: { readonly name: string } }
  readonly components: readonly {
    readonly name: string
    readonly purl: string
    readonly hashes?: readonly { readonly content: string }[]
    readonly licenses?: readonly object[]
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}
const read = (file: string) => JSON.parse(readFileSync(projectPath(file), 'utf8'))
const locked = Object.entries<LockedPackage>(read('package-lock.json').packages).filter(
  ([name]) => name !== '',
)
const pins = read('cmake/pins.json')

t.test('everything that is fetched is checked against a hash', async (t) => {
  t.ok(locked.length > 50)
  for (const [name, { integrity }] of locked) t.match(integrity, /^sha512-/, name)
  for (const name of ['ncnn', 'mnn']) t.match(pins[name].sha256, /^[0-9a-f]{64}$/, name)
  for (const [target, hash] of Object.entries(pins.ziglang.sha256)) t.match(hash, /^[0-9a-f]{64}$/, target)
})

t.test('no package that is installed with this one runs a script', async (t) => {
  const running = locked.filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
  t.same(
    running.map(([name]) => name),
    [],
  )
})

const npm = spawnSync('npm', ['--version'], { encoding: 'utf8' })
t.test(
  'the bill of materials has the packages and the engines',
  { skip: npm.status !== 0 && 'npm is not there' },
  async (t) => {
    const script = [projectPath('scripts/sbom.mjs')]
    const { stdout, stderr, status } = spawnSync(process.execPath, script, { encoding: 'utf8' })
    t.equal(status, 0, stderr)
    const bill = JSON.parse(stdout) as Bill
    t.equal(bill.metadata.component.name, 'twinfer')
    const of = (name: string) => bill.components.find((one) => one.name === name)
    for (const name of Object.keys(read('package.json').dependencies)) t.ok(of(name), name)
    for (const name of ['tap', 'sharp', 'typescript']) t.notOk(of(name), `${name} comes with no installation`)
    t.same(
      of('ncnn')!.hashes!.map(({ content }) => content),
      [pins.ncnn.sha256],
    )
    t.same(
      of('MNN')!.hashes!.map(({ content }) => content),
      [pins.mnn.sha256],
    )
    t.match(of('MNN')!.purl, /^pkg:cargo\/mnn-sys@\d+\.\d+\.\d+$/)
    for (const { name, licenses } of bill.components) t.ok(licenses?.length, `the licence of ${name}`)
    const refs = new Set(bill.dependencies.map(({ ref }) => ref))
    for (const { dependsOn } of bill.dependencies)
      for (const ref of dependsOn) t.ok(refs.has(ref), `${ref} is described`)
  },
)
