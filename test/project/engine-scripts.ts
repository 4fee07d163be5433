// The scripts that fetch and build the engines: half-done state is never taken for good, and a missing
// tool is named together with the way round it.
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

type Fill = (folder: string) => Promise<void>
const { once } = (await import(projectPath('scripts/engines/once.mjs'))) as {
  once(folder: string, fill: Fill): Promise<string>
}
const { verifyArchive } = (await import(projectPath('scripts/engines/checksum.mjs'))) as {
  verifyArchive(file: string, expected: string): void
}

t.test('a folder appears when it is whole, and a failure leaves nothing', async (t) => {
  const root = t.testdir()
  const folder = join(root, 'engine')
  await t.rejects(
    once(folder, async (unfinished) => {
      writeFileSync(join(unfinished, 'half'), '')
      throw new Error('the compiler failed')
    }),
    { message: 'the compiler failed' },
  )
  t.same(readdirSync(root), [])
  await once(folder, async (unfinished) => writeFileSync(join(unfinished, 'whole'), ''))
  t.same(readdirSync(root), ['engine'])
  await once(folder, async () => void t.fail('it is there already'))
  t.same(readdirSync(folder), ['whole'])
})

t.test('two builds at once end with one whole folder', async (t) => {
  const root = t.testdir()
  const build = `
    import { once } from ${JSON.stringify(projectPath('scripts/engines/once.mjs'))}
    import { writeFileSync } from 'node:fs'
    await once(${JSON.stringify(join(root, 'engine'))}, async (folder) => {
      for (const part of ['a', 'b', 'c']) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        writeFileSync(folder + '/' + part, String(process.pid))
      }
    })`
  const source = `
    import { spawn } from 'node:child_process'
    const builds = [1, 2].map(() => new Promise((resolve) =>
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(build)}], { stdio: 'inherit' }).on('close', resolve)))
    process.exitCode = (await Promise.all(builds)).reduce((worst, code) => worst || code)`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
  })
  t.same({ status, stderr }, { status: 0, stderr: '' })
  t.same(readdirSync(root), ['engine'])
  t.same(readdirSync(join(root, 'engine')), ['a', 'b', 'c'])
})

t.test('another archive than the pinned one is refused with both checksums', async (t) => {
  const folder = t.testdir({ 'engine.tar.gz': 'not the pinned archive' })
  const expected = '0'.repeat(64)
  t.throws(() => verifyArchive(join(folder, 'engine.tar.gz'), expected), {
    message: /expected SHA-256 0{64}\n.*received SHA-256 [0-9a-f]{64}/,
  })
})

t.test('a missing tool is named, and the variable to set instead', async (t) => {
  for (const [script, tool, variable] of [
    ['fetch-ncnn.mjs', 'python3', 'TWINFER_NCNN_SOURCE'],
    ['fetch-mnn.mjs', 'cargo', 'TWINFER_MNN_SOURCE'],
  ] as const) {
    const source = `
      const fetchers = await import(${JSON.stringify(projectPath(`scripts/engines/${script}`))})
      await Object.values(fetchers)[0]().catch((error) => console.log(error.message))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      env: { PATH: '/nonexistent', TWINFER_CACHE: t.testdir() },
    })
    t.match(stdout, RegExp(`'${tool}' was not found`))
    t.match(stdout, RegExp(variable))
  }
})

t.test(
  'targets are named once or as a list, and an unknown one is refused with those there are',
  async (t) => {
    const { targetsOf } = (await import(projectPath('scripts/engines/targets.mjs'))) as {
      targetsOf(args: readonly string[]): { name: string; toolchain?: string }[]
    }
    t.equal(targetsOf([])[0]!.name, `${process.platform}-${process.arch}`)
    const [arm64, arm] = targetsOf(['--target', 'linux-arm64,linux-arm'])
    t.match(arm64, { name: 'linux-arm64', toolchain: /toolchains.linux-arm64\.cmake$/ })
    t.match(arm, { name: 'linux-arm', toolchain: /toolchains.linux-arm\.cmake$/ })
    for (const args of [['--target=linux-mips'], ['--target']])
      t.throws(() => targetsOf(args), { message: /no target '.*expected one of .*linux-arm64, linux-arm/ })
  },
)
