import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { answered } from '../../dist/cli/processes.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

// Each command line is two processes.
t.setTimeout(patience * 120_000)

const urlOf = (module: string) => pathToFileURL(projectPath(`dist/cli/${module}.js`)).href
const bin = projectPath('bin/twinfer.js')

/** A folder with a program that supervises `child`, as bin/twinfer.js does with the real one. */
function programFor(t: Test, child: string): string {
  const folder = t.testdir({
    'parent.mjs': `import { supervise } from ${JSON.stringify(urlOf('supervise'))}
const child = ${JSON.stringify('child.mjs')}
process.exitCode = await supervise(new URL(child, import.meta.url).pathname, process.argv.slice(2))`,
    'child.mjs': child,
  })
  return join(folder, 'parent.mjs')
}

function run(program: string, args: readonly string[] = [], nodeArgs: readonly string[] = []) {
  // A sanitizer would take the signals of hardware faults for its own, and abort in their place.
  const handled = ['segv', 'sigfpe', 'sigill', 'sigbus', 'abort'].map((name) => `handle_${name}=0`)
  const env = {
    ...process.env,
    ASAN_OPTIONS: [process.env.ASAN_OPTIONS, ...handled].filter(Boolean).join(':'),
  }
  return spawnSync(process.execPath, [...nodeArgs, program, ...args], {
    encoding: 'utf8',
    timeout: patience * 30_000,
    env,
  })
}

t.test('a child that a signal kills becomes TWINFER_ENGINE_CRASHED and exit code 2', async (t) => {
  for (const signal of ['SIGSEGV', 'SIGFPE', 'SIGILL', 'SIGBUS', 'SIGABRT', 'SIGKILL']) {
    const program = programFor(t, `process.kill(process.pid, '${signal}'); setTimeout(() => {}, 10000)`)
    const json = run(program, ['run', 'x.mnn', '--json'])
    t.equal(json.status, 2, signal)
    t.equal(json.signal, null, signal)
    const { error } = JSON.parse(json.stdout)
    t.equal(error.code, 'TWINFER_ENGINE_CRASHED', signal)
    t.match(error.message, signal)
    t.match(error.help, /twinfer inspect/)
    t.match(json.stderr, /TWINFER_ENGINE_CRASHED/)
    const plain = run(program, ['run', 'x.mnn'])
    t.equal(plain.status, 2, signal)
    t.equal(plain.stdout, '', 'stdout is for answers')
    t.match(plain.stderr, /TWINFER_ENGINE_CRASHED/)
  }
})

t.test('a crash after the answer adds no second document, but is an error', async (t) => {
  const program = programFor(
    t,
    `process.send(${JSON.stringify(answered)})
process.stdout.write('{"ok":true}\\n')
process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 10000)`,
  )
  const { status, stdout, stderr } = run(program, ['run', 'x.mnn', '--json'])
  t.equal(status, 2)
  t.same(JSON.parse(stdout), { ok: true })
  t.match(stderr, /TWINFER_ENGINE_CRASHED.*the answer above is complete/)
})

t.test("the child's exit code, arguments, output and Node options pass through", async (t) => {
  const program = programFor(
    t,
    `console.log(JSON.stringify([process.argv.slice(2), process.execArgv])); console.error('to stderr')
process.exitCode = Number(process.argv[2])`,
  )
  for (const code of [0, 1, 2, 3]) {
    const { status, stdout, stderr } = run(program, [String(code), 'a b', '--c'], ['--no-warnings'])
    t.equal(status, code)
    t.same(JSON.parse(stdout), [[String(code), 'a b', '--c'], ['--no-warnings']])
    t.equal(stderr, 'to stderr\n')
  }
})

t.test('SIGTERM is passed on, and the child decides the exit code', async (t) => {
  const program = programFor(
    t,
    `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('ready')`,
  )
  t.same(await endBySigterm(program), { code: 3, signal: null })
})

t.test('SIGTERM ends both where the child does not handle it, and is no crash', async (t) => {
  const program = programFor(t, `setInterval(() => {}, 1000); console.log('ready')`)
  const { code, signal, stderr } = await endBySigterm(program, true)
  // A preloaded module may handle SIGTERM in the supervisor (tap's does); 143 is what a shell shows for it.
  t.ok(signal === 'SIGTERM' || code === 143, `signal ${signal}, code ${code}`)
  t.equal(stderr, '')
})

async function endBySigterm(program: string, withStderr = false) {
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  parent.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  await once(parent.stdout, 'data')
  parent.kill('SIGTERM')
  const [code, signal] = await once(parent, 'close')
  return { code, signal, ...(withStderr && { stderr }) } as {
    code: unknown
    signal: unknown
    stderr?: string
  }
}

t.test('the child does not outlive a supervisor that is killed', async (t) => {
  const program = programFor(
    t,
    `import { leaveWithParent } from ${JSON.stringify(urlOf('../process/childProcesses'))}
leaveWithParent(); setInterval(() => {}, 1000); console.log('ready')`,
  )
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(parent.stdout, 'data')
  parent.kill('SIGKILL')
  // The child holds the other end of this pipe for as long as it lives.
  const closed = once(parent.stdout, 'close').then(() => 'closed')
  t.equal(await Promise.race([closed, setTimeout(10_000, 'still open', { ref: false })]), 'closed')
})

t.test(
  'an answer that cannot be written is an error',
  { skip: !existsSync('/dev/full') && 'no /dev/full' },
  (t) => {
    const command = `"${process.execPath}" "${bin}" inspect "${fixture('digits8-cnn/model.mnn')}" > /dev/full`
    const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    t.equal(status, 2)
    t.match(stderr, /^error TWINFER_FILE_UNREADABLE: cannot write to stdout: ENOSPC/)
    t.end()
  },
)

t.test('a reader that goes away early is no error', { skip: process.platform === 'win32' }, async (t) => {
  const command = `"${process.execPath}" "${bin}" inspect "${fixture('tiny-ecapa-tdnn/model.mnn')}" --json | head -c 1`
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  t.equal(stdout, '{')
  t.equal(stderr, '')
})
