import { spawnSync } from 'node:child_process'
import t from 'tap'
import { cli, cliJson } from '../helpers/cli.js'

/** What a shell prints for `script`, with twinfer's completion loaded. */
function inShell(shell: string, args: readonly string[], script: string): readonly string[] {
  const { script: completion } = cliJson<{ script: string }>(['completion', shell]).json
  const { stdout, stderr, status } = spawnSync(shell, [...args, '-c', `${completion}\n${script}`], {
    encoding: 'utf8',
  })
  t.equal(status, 0, stderr)
  return stdout.trim().split('\n')
}

function missing(shell: string): string | false {
  return spawnSync(shell, ['-c', 'true']).status !== 0 && `needs ${shell}`
}

const complete = (...words: string[]) =>
  `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; COMPREPLY=(); _twinfer; echo "\${COMPREPLY[@]}"`

t.test(
  'bash completes commands, options and the values of options, and leaves files to itself',
  { skip: missing('bash') },
  async (t) => {
    const tried = [
      ['twinfer', 'com'],
      ['twinfer', 'run', '--prec'],
      ['twinfer', 'run', '--precision', 'fp16'],
      ['twinfer', 'check', 'mod'],
    ]
    const found = inShell(
      'bash',
      [],
      [...tried.map((words) => complete(...words)), 'complete -p twinfer'].join('\n'),
    )
    t.same(found, [
      'compare completion',
      '--precision',
      'fp16 fp16-storage',
      '',
      'complete -o bashdefault -o default -F _twinfer twinfer',
    ])
  },
)

t.test('fish does', { skip: missing('fish') }, async (t) => {
  const tried = ['com', 'run --prec', 'run --precision fp16']
  const found = inShell('fish', [], tried.map((line) => `complete -C 'twinfer ${line}'`).join('\n'))
  t.same(
    found.map((line) => line.split('\t')[0]),
    ['compare', 'completion', '--precision', 'fp16', 'fp16-storage'],
  )
})

t.test('zsh does', { skip: missing('zsh') }, async (t) => {
  // Completion proper needs a terminal: what is checked is what the script asks of zsh.
  const script = `
    _describe() { print -l -- $commands }
    _arguments() { print -l -- "$@" | grep -e '--precision' }
    words=(twinfer com); CURRENT=2; _twinfer
    words=(twinfer run --prec); CURRENT=3; _twinfer`
  const stub = 'compdef() { :; }'
  const { script: completion } = cliJson<{ script: string }>(['completion', 'zsh']).json
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', `${stub}\n${completion}\n${script}`], {
    encoding: 'utf8',
  })
  t.equal(stderr, '')
  t.match(stdout, /^compare:compare the outputs/m)
  t.match(stdout, /^\*--precision\[.*\]:value:\(default fp32 fp16 /m)
})

t.test('every command and option that the help names is completed', async (t) => {
  const { stdout } = cli(['completion', 'bash'])
  for (const command of ['run', 'inspect', 'check', 'compare', 'record', 'verify', 'doctor']) {
    const { stdout: help } = cli([command, '--help'])
    const [, words] = new RegExp(` ${command}\\) words='(.*)'`).exec(stdout) ?? []
    for (const [flag] of help.matchAll(/(?<=^ {2,6}|, )--?[a-z][\w-]*/gm)) {
      t.ok(words?.split(' ').includes(flag) || flag === '-h', `${command} ${flag}`)
    }
  }
})

t.test('another shell is refused with those that there are', async (t) => {
  const { status, stderr } = cli(['completion', 'tcsh'])
  t.equal(status, 2)
  t.match(stderr, /bash, zsh, fish/)
})
