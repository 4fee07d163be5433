import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseInputSpec } from '../../dist/cli/inputs/readInputs.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

// Each command line is two processes.
t.setTimeout(patience * 120_000)

const commands = ['run', 'inspect', 'check', 'compare', 'doctor']

t.test('--help lists every command, and each has its own with examples', async (t) => {
  const { status, stdout, stderr } = cli(['--help'])
  t.equal(status, 0)
  t.equal(stderr, '')
  for (const command of commands) {
    t.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
    const help = cli([command, '--help'])
    t.equal(help.status, 0, command)
    t.match(help.stdout, new RegExp(`Examples:\\n {2}\\$ twinfer ${command}`), command)
    t.match(help.stdout, /--json/, command)
  }
})

t.test('help is a command, too', (t) => {
  t.equal(cli(['help']).stdout, cli(['--help']).stdout)
  const { status, stdout, stderr } = cli(['help', 'run'])
  t.same([status, stderr], [0, ''])
  t.equal(stdout, cli(['run', '--help']).stdout)
  t.equal(cli(['help', 'nothing']).status, 2)
  t.end()
})

t.test('without a command the help is the answer, with the exit code of wrong usage', async (t) => {
  const { status, stdout, stderr } = cli([])
  t.equal(status, 2)
  t.equal(stderr, '')
  t.equal(stdout, cli(['--help']).stdout)
})

t.test('--help does not list commands that are not there', async (t) => {
  const { stdout } = cli(['--help'])
  for (const command of ['convert', 'quantize']) {
    t.notMatch(stdout, new RegExp(`^ {2}${command}\\b`, 'm'))
  }
})

t.test('--version is the version of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'))
  const { status, stdout } = cli(['--version'])
  t.equal(status, 0)
  t.equal(stdout, `${version}\n`)
})

t.test('an unknown command suggests the nearest', async (t) => {
  const { status, stdout, stderr } = cli(['inspct', 'x'])
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /TWINFER_USAGE.*'inspct'/)
  t.match(stderr, /Did you mean inspect\?/)
})

t.test('wrong usage is TWINFER_USAGE with exit code 2, as JSON too', async (t) => {
  const wrong: readonly (readonly string[])[] = [
    [],
    ['nosuchcommand'],
    ['run'],
    ['run', 'a.mnn', '--nosuchoption'],
    ['run', 'a.mnn', '--precision', 'fp8'],
    ['run', 'a.mnn', '--threads', '0'],
    ['run', 'a.mnn', '--threads', '1.5'],
    ['run', 'a.mnn', '--device', 'tpu'],
    ['run', 'a.mnn', '--engine-option', 'novalue'],
    ['run', 'a.mnn', '--repeat', '-1'],
    ['run', 'a.mnn', 'b.mnn'],
    ['compare', 'a.mnn'],
    ['inspect'],
    ['doctor', 'x'],
  ]
  for (const args of wrong) {
    const { status, json, stderr } = cliJson<ErrorJson>(args)
    t.equal(status, 2, args.join(' '))
    t.equal(json.error.code, 'TWINFER_USAGE', args.join(' '))
    t.not(json.error.message, '')
    t.not(json.error.help, '')
    t.match(stderr, /TWINFER_USAGE/)
  }
})

t.test('--json may stand before the command', async (t) => {
  const { status, stdout } = cli(['--json', 'inspect', fixture('digits8-cnn/model.mnn')])
  t.equal(status, 0)
  t.equal(JSON.parse(stdout).engine, 'mnn')
})

t.test('an error keeps stdout empty without --json', async (t) => {
  const { status, stdout, stderr } = cli(['inspect', fixture('digits8-cnn/model.mn')])
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /^error TWINFER_FILE_NOT_FOUND: .*\nhelp: Did you mean .*model\.mnn\?\n$/)
})

t.test('inspect prints a table, or with --json the summary and nothing else', async (t) => {
  const model = fixture('digits8-cnn/model.ncnn.param')
  const { json } = cliJson<{ layers: unknown[]; inputs: unknown[] }>(['inspect', model])
  t.equal(json.layers.length, 9)
  t.match(json.inputs, [{ name: 'in0', shape: null }])
  const { stdout, stderr } = cli(['inspect', model, '--layers'])
  t.equal(stderr, '')
  t.match(stdout, /^Convolution +convrelu_0 +in0 +1$/m)
})

t.test('no colour in a pipe', async (t) => {
  const { stdout } = cli(['inspect', fixture('digits8-cnn/model.mnn')])
  t.notOk(stdout.includes('\u001b['))
})

t.test('an input is NAME=FILE or FILE, whatever else holds an =', async (t) => {
  const given = (text: string, ...files: string[]) => parseInputSpec(text, (file) => files.includes(file))
  t.same(given('in0=a.npy', 'a.npy'), { name: 'in0', file: 'a.npy' })
  t.same(given('a.npy', 'a.npy'), { file: 'a.npy' })
  t.same(given('run=1/a.npy', 'run=1/a.npy'), { file: 'run=1/a.npy' }, '= in a path')
  t.same(
    given('in0=run=1/a.npy', 'run=1/a.npy'),
    { name: 'in0', file: 'run=1/a.npy' },
    '= in a path with a name',
  )
  t.same(given('a=b=c.npy', 'c.npy'), { name: 'a=b', file: 'c.npy' }, '= in a name')
  t.same(given('C:\\x=1\\a.npy'), { file: 'C:\\x=1\\a.npy' }, 'Windows path')
  t.same(given('in0=C:\\x\\a.npy'), { name: 'in0', file: 'C:\\x\\a.npy' }, 'name and Windows path')
  t.same(given('./x=1/a.npy'), { file: './x=1/a.npy' }, 'missing file, plainly a path')
  t.same(given('model/input:0=a.npy'), { name: 'model/input:0', file: 'a.npy' }, 'slash in a name')
  t.same(given('in0=missing.npy'), { name: 'in0', file: 'missing.npy' }, 'missing file')
  t.same(given('=a.npy'), { file: '=a.npy' }, 'no name')
})
