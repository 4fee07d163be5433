// Names come from files of strangers: none of their characters that a terminal obeys reach it, colours of the program do.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { toJson } from '../../dist/cli/CommandResult.js'
import { forTerminal, linesOf, paint } from '../../dist/format/visibleText.js'
import { renderTable } from '../../dist/report/renderTable.js'
import { cli } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 120_000)

/** Clears the screen, writes the clipboard, goes back over the line, and begins a sequence in one character. */
const hostile = 'a\u001B[2J\u001B]52;c;eA==\u0007\u009B31m\u202Eb'
const obeyed = /[\p{Cc}\p{Cf}]/u
const withoutLineEnds = (text: string) => text.replaceAll('\n', '')

t.test('only what paint made stays', async (t) => {
  delete process.env.NO_COLOR
  process.env.FORCE_COLOR = '1'
  const green = paint('green', 'pass', { isTTY: true })
  t.match(green, '\u001B[32m')
  t.equal(forTerminal(`${green}: fine\n`), `${green}: fine\n`)
  t.equal(forTerminal('\u001B[32mfake\u001B[39m\r'), '⟨U+001B⟩[32mfake⟨U+001B⟩[39m⟨U+000D⟩')
  t.notMatch(paint('red', hostile, { isTTY: true }).slice(5, -5), obeyed)
  t.notMatch(withoutLineEnds(forTerminal(hostile)), obeyed)
  const rows = renderTable([{ title: 'name' }], [[green], ['one\nmore']]).split('\n')
  t.strictSame(rows.slice(1), [green, 'one⟨U+000A⟩more'], 'a name is one line of a table')
})

t.test('no name begins a line', async (t) => {
  process.env.FORCE_COLOR = '1'
  const table = renderTable([{ title: 'in\nput' }], [['a'], ['b']])
  const red = paint('red', 'c\npass: it agrees', { isTTY: true })
  const text = linesOf([table, red, `note: d\npass: it agrees`])
  t.strictSame(linesOf([text, 'end']).split('\n').slice(1), [
    'a',
    'b',
    red,
    'note: d⟨U+000A⟩pass: it agrees',
    'end',
  ])
  t.match(red, 'c⟨U+000A⟩pass')
  t.match(table, /^.*in⟨U\+000A⟩put/)
})

t.test('JSON escapes them, and says the same', async (t) => {
  const json = toJson({ name: hostile, tag: 'x\u{E0001}y' })
  t.notMatch(withoutLineEnds(json), obeyed)
  t.strictSame(JSON.parse(json), { name: hostile, tag: 'x\u{E0001}y' })
})

/** As many bytes as the name that it replaces, so that the file stays as it is otherwise. */
const renamed = (file: string, name: string, by: string) =>
  Buffer.from(readFileSync(fixture(`digits8-cnn/${file}`), 'latin1').replaceAll(name, by), 'latin1')

t.test('models whose inputs are called so', async (t) => {
  const cwd = t.testdir()
  cpSync(fixture('digits8-cnn'), cwd, { recursive: true })
  for (const file of ['model.mnn', 'model.onnx'])
    writeFileSync(join(cwd, file), renamed(file, 'image', '\u001B[2J!'))
  const commands = [
    ['inspect', 'model.mnn'],
    ['check', 'model.mnn', '--against', 'model.onnx'],
    ['run', 'model.mnn', '-i', 'none=input.npy'],
    ['run', 'model.mnn', '-i', 'none\nerror: no=input.npy'],
    ['compare', 'model.mnn', 'model_fp16.mnn', '-i', 'input.npy', '--layers'],
  ]
  for (const [command, ...args] of commands) {
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = cli([command!, ...args, ...json], { cwd })
      const name = [command, args[0], ...json].join(' ')
      t.notMatch(withoutLineEnds(stdout + stderr), obeyed, name)
      t.notMatch(stdout + stderr, /^error: no/m, name)
      if (command === 'inspect' || command === 'run')
        t.match(stdout + stderr, json.length > 0 ? /\\u001b\[2J!/ : /⟨U\+001B⟩\[2J!/, name)
    }
  }
})
