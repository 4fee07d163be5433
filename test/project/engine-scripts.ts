// The scripts that fetch and build the engines: half-done state is never taken for good, and a missing
// tool is named together with the way round it.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  'a build names all that it misses at once, before it begins, with the line that installs it',
  async (t) => {
    const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'))
    t.match(scripts.build, /^node scripts\/check-tools\.mjs && /)

    const folder = t.testdir({ empty: {}, debian: {}, cache: {} })
    const tool = (name: string, says: string, bin = 'debian') =>
      writeFileSync(join(folder, bin, name), `#!/bin/sh\n${says}\n`, { mode: 0o755 })
    const check = (bin: string, env: Record<string, string> = {}) =>
      spawnSync(process.execPath, [projectPath('scripts/check-tools.mjs')], {
        encoding: 'utf8',
        env: { PATH: join(folder, bin), TWINFER_CACHE: join(folder, 'cache'), ...env },
      })

    const nothing = check('empty')
    t.equal(nothing.status, 1)
    const all = ["'c++'", "'cmake'", "'ninja' or 'make'", "'python3'", "python3's venv", "python3's pip"]
    for (const name of [...all, "'cargo'", "'tar'"]) t.match(nothing.stderr, `\n  ${name}: `)
    t.match(nothing.stderr, 'with the package manager of this system')

    // A system with some of it: an old CMake, and a python3 that can neither make environments nor install.
    tool('apt-get', 'echo apt 2.6.1')
    tool('c++', 'echo "c++ (Debian 12.2.0) 12.2.0"')
    tool('cmake', 'echo "cmake version 3.18.4"')
    tool('make', 'echo "GNU Make 4.3"')
    tool('tar', 'echo "tar (GNU tar) 1.34"')
    tool('python3', '[ "$1" = --version ] && echo "Python 3.11.2"')
    const debian = check('debian')
    t.equal(debian.status, 1)
    t.match(debian.stderr, "'cmake' is 3.18.4: CMake 3.20 or newer")
    t.match(debian.stderr, /^ {2}(?:sudo )?apt-get install cmake python3-venv python3-pip cargo$/m)

    tool('cmake', 'echo "cmake version 3.25.1"')
    const sources = { TWINFER_NCNN_SOURCE: folder, TWINFER_MNN_SOURCE: folder, TWINFER_ZIG: '/zig' }
    t.match(check('debian', sources), { status: 0, stderr: '' }, 'sources that are there need no tool')
  },
)

t.test('a debug build has folders of its own, and all else of the addon that people get', async (t) => {
  const { cmakeJsArguments } = (await import(projectPath('scripts/addon/buildAddon.mjs'))) as {
    cmakeJsArguments(target: object, kind?: string): string[]
  }
  const target = { name: 'linux-x64', arch: 'x64' }
  const [release, debug] = [cmakeJsArguments(target), cmakeJsArguments(target, 'debug')]
  t.equal(release[release.indexOf('--config') + 1], 'Release')
  t.equal(debug[debug.indexOf('--config') + 1], 'Debug')
  const differing = debug.filter((argument) => !release.includes(argument))
  t.equal(differing.length, 3)
  t.match(differing, ['Debug', /linux-x64.addon-debug$/, /^--CDCMAKE_LIBRARY_OUTPUT_DIRECTORY=.*Debug$/])
  t.ok(debug.includes('--CDTWINFER_SANITIZE=OFF'))
  t.ok(cmakeJsArguments(target, 'sanitize').includes('--CDTWINFER_SANITIZE=memory'))
  t.ok(cmakeJsArguments(target, 'threads').includes('--CDTWINFER_SANITIZE=threads'))
})

t.test('sanitized engines are beside the others, and their addon where the tests look for it', async (t) => {
  const { cmakeJsArguments } = (await import(projectPath('scripts/addon/buildAddon.mjs'))) as {
    cmakeJsArguments(target: object, kind?: string): string[]
  }
  const { hostTarget, sanitized } = (await import(projectPath('scripts/engines/targets.mjs'))) as {
    hostTarget(): { readonly name: string }
    sanitized(target: object): object
  }
  const host = hostTarget()
  const [plain, both] = [host, sanitized(host)].map((target) => cmakeJsArguments(target, 'sanitize'))
  const differing = both!.filter((argument) => !plain!.includes(argument))
  t.match(differing, [
    new RegExp(`${host.name}-sanitize.addon-sanitize$`),
    new RegExp(`--CDTWINFER_ENGINES=.*${host.name}-sanitize.engines.cmake$`),
  ])
  t.ok(both!.some((argument) => /LIBRARY_OUTPUT_DIRECTORY=.*build.Sanitize$/.test(argument)))
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
