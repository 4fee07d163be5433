import { spawnSync } from 'node:child_process'
import t from 'tap'
import { describeProgress } from '../../dist/cli/output/showProgress.js'
import { projectPath } from '../helpers/projectPath.js'

const terminal = spawnSync('script', ['--version']).status === 0
const skip = !terminal && 'needs `script` of util-linux, which gives a command a terminal'
/** More runs than fit into the second after which progress is shown. */
const slow = 'compare model.mnn model.ncnn.param -i input.npy --repeat 20000'

/** What a terminal gets. */
function atTerminal(args: string, env: Record<string, string> = {}): string {
  const command = `'${process.execPath}' '${projectPath('bin/twinfer.js')}' ${args}`
  const { CI: _, ...rest } = process.env
  return spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: projectPath('test/fixtures/digits8-cnn'),
    env: { ...rest, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  }).stdout
}

t.test(
  'what takes longer than a second says what it does, and leaves the terminal as it was',
  { skip },
  async (t) => {
    const seen = atTerminal(slow)
    t.match(seen, /running model\.\S+: \d+ of 20000/)
    t.ok(seen.lastIndexOf('\u001B[?25h') > seen.lastIndexOf('\u001B[?25l'), 'the cursor is back')
    t.ok(seen.lastIndexOf('of 20000') < seen.indexOf('reference '), 'and it is gone before the answer')
  },
)

t.test('--quiet, --json, a pipe and what is quick show none', { skip }, async (t) => {
  t.notMatch(atTerminal(`${slow} --quiet`), /of 20000/)
  const json = atTerminal(`${slow} --json`)
  t.ok(JSON.parse(json).pass, 'one document')
  t.notOk(atTerminal('inspect model.mnn').includes('\u001B[?25l'))
  t.notMatch(atTerminal(`${slow} 2>/dev/null`), /of 20000/, 'stderr is no terminal')
})

t.test('NO_COLOR is without colours', { skip }, async (t) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
  t.notMatch(atTerminal(slow, { NO_COLOR: '1' }), /\u001B\[3[0-9]m/)
})

t.test('time left is said where it can be known', async (t) => {
  t.equal(describeProgress({ doing: 'reading' }, 5000), 'reading')
  t.equal(describeProgress({ doing: 'layer', done: 3 }, 5000), 'layer: 3')
  t.equal(describeProgress({ doing: 'layer', done: 1, total: 100 }, 5000), 'layer: 1 of 100', 'too early')
  t.equal(describeProgress({ doing: 'layer', done: 25, total: 100 }, 1000), 'layer: 25 of 100', 'too soon')
  t.equal(describeProgress({ doing: 'layer', done: 25, total: 100 }, 5000), 'layer: 25 of 100, 15.0 s left')
  t.equal(
    describeProgress({ doing: 'hashing', done: 5e7, total: 1e8, unit: 'bytes' }, 4000),
    'hashing: 50.0 MB of 100 MB, 4000 ms left',
  )
})
