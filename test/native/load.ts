// What a person reads when the addon does not load: made-up files in place of it, each in a process of its own.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { explainMessage, explainPlace } from '../../dist/native/load/explainFailure.js'
import { readElf } from '../../dist/native/load/readElf.js'
import { addonPath } from '../../dist/native/loadAddon.js'
import { projectPath } from '../helpers/projectPath.js'

const linux = process.platform === 'linux' ? {} : { skip: 'reads ELF files' }

/** The error of a process that loads this file as the addon. */
function load(addon: string, ...nodeArguments: string[]): { code: string; message: string; help: string } {
  const source = `import('twinfer/ncnn').then(({ cpuInfo }) => cpuInfo()).then(
    () => console.log('{"code": "LOADED"}'),
    ({ code, message, help }) => console.log(JSON.stringify({ code, message, help })))`
  const { stdout, signal, stderr } = spawnSync(process.execPath, [...nodeArguments, '-e', source], {
    cwd: projectPath('.'),
    encoding: 'utf8',
    env: { ...process.env, TWINFER_ADDON: addon },
  })
  t.equal(signal, null)
  t.equal(stderr, '')
  return JSON.parse(stdout)
}

/** A copy of the real addon after a change, with what may lie beside it. */
function changed(change: (file: Buffer) => Buffer): string {
  const folder = t.testdir({})
  const copy = join(folder, 'twinfer.node')
  cpSync(dirname(addonPath()), folder, { recursive: true })
  writeFileSync(copy, change(readFileSync(addonPath())))
  return copy
}

/** The same length, so that nothing else moves. */
function replaced(file: Buffer, from: string, to: string): Buffer {
  const at = file.indexOf(`\0${from}\0`)
  if (at < 0 || from.length !== to.length) throw new Error(`no ${from} to replace`)
  file.write(to, at + 1, 'latin1')
  return file
}

t.test('every failure names the platform, the file that was tried, and what to do', linux, async (t) => {
  const file = join(t.testdir({ 'a.node': 'this is text' }), 'a.node')
  const error = load(file)
  t.equal(error.code, 'TWINFER_NATIVE_LOAD_FAILED')
  t.match(error.message, `could not load the twinfer addon for linux-${process.arch} (`)
  t.match(error.message, `Node ${process.version}`)
  t.match(error.message, `tried ${file}: it is no library: it starts with "this is text"`)
  t.match(error.help, /install again/)
})

t.test('a file that is empty, missing, or a pointer of Git LFS', linux, async (t) => {
  const folder = t.testdir({ 'empty.node': '', 'lfs.node': 'version https://git-lfs.github.com/spec/v1\n' })
  t.match(load(join(folder, 'empty.node')).message, /the file is empty$/)
  t.match(load(join(folder, 'missing.node')).message, /the file cannot be read$/)
  t.match(load(join(folder, 'lfs.node')), { message: /Git LFS pointer/, help: /git lfs pull/ })
})

t.test('an addon of another architecture: node_modules was copied', linux, async (t) => {
  const other = process.arch === 'arm64' ? { machine: 62, name: 'x64' } : { machine: 183, name: 'arm64' }
  const file = changed((bytes) => {
    bytes.writeUInt16LE(other.machine, 18)
    return bytes
  })
  const error = load(file)
  t.match(error.message, `it is built for ${other.name}, and this Node is ${process.arch}`)
  t.match(error.help, /Install on the machine .* that runs it/)
  for (const [start, name] of [
    ['MZ\x90', 'Windows'],
    ['\xcf\xfa\xed\xfe', 'macOS'],
  ] as const) {
    const foreign = join(t.testdir({}), 'foreign.node')
    writeFileSync(foreign, Buffer.from(start.padEnd(100, '\0'), 'latin1'))
    t.match(load(foreign).message, `it is built for ${name}`)
  }
})

t.test('a truncated addon', linux, async (t) => {
  for (const part of [0.00001, 0.5]) {
    const error = load(changed((bytes) => bytes.subarray(0, Math.max(30, Math.floor(bytes.length * part)))))
    t.match(error.message, /it is cut short: its \d+ bytes end before its contents do/)
  }
})

t.test('a glibc that is too old: both versions are named', linux, async (t) => {
  const glibc = readElf(readFileSync(addonPath()))?.glibc
  if (glibc === undefined) return t.pass('the addon here needs no glibc', { skip: true })
  const name = `GLIBC_${glibc}`
  const error = load(
    changed((bytes) => replaced(bytes, name, 'GLIBC_2.99'.padEnd(name.length, '0').slice(0, name.length))),
  )
  t.match(error.message, /it needs glibc 2\.9\d* or newer, and this system has 2\.\d+$/)
  t.match(error.help, /newer system/)
})

t.test('a missing library is named', linux, async (t) => {
  const error = load(changed((bytes) => replaced(bytes, 'libm.so.6', 'libm.so.7')))
  t.match(error, { message: /the system has no libm\.so\.7$/, help: /Install the package/ })
})

t.test('--no-addons is the reason, not the file', linux, async (t) => {
  t.match(load(addonPath(), '--no-addons'), {
    message: /may not load native addons/,
    help: /without --no-addons/,
  })
})

t.test('messages of the dynamic linker are put into words', async (t) => {
  const words = {
    'cannot allocate memory in static TLS block': /thread-local memory/,
    'failed to map segment from shared object': /does not allow to execute/,
    'Error loading shared library libfoo.so.2: No such file': /no libfoo\.so\.2/,
    'Module did not self-register': /no addon|not an addon/,
  }
  for (const [message, reason] of Object.entries(words)) {
    t.match(explainMessage(new Error(message))?.reason, reason)
  }
  t.equal(explainMessage(new Error('something new')), undefined)
})

t.test('no addon for this platform: those that there are', async (t) => {
  const folder = t.testdir({
    'package.json': '{}',
    prebuilds: { 'plan9-x64': { 'twinfer.node': '' }, 'README.md': '' },
  })
  t.match(explainPlace(folder).reason, /there are those for plan9-x64$/)
  t.match(explainPlace(t.testdir({ 'package.json': '{}' })).reason, /neither a build .* nor a prebuilt addon/)
})

t.test('a bundled package: which option keeps it out', async (t) => {
  t.match(explainPlace(t.testdir({})), { reason: /was bundled/, help: /--external:twinfer/ })
})

t.test('the ELF reader tells what the built addon needs', linux, async (t) => {
  const facts = readElf(readFileSync(addonPath()))
  t.match(facts, { arch: process.arch, complete: true })
  t.ok(facts?.needed.includes('libc.so.6') || facts?.glibc === undefined)
  t.equal(readElf(Buffer.from('no ELF file, but long enough')), undefined)
})
