import { Argument, type Command } from 'commander'
import type { Done } from '../CommandResult.js'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

const examples = `
Examples:
  $ twinfer completion bash >> ~/.bashrc
  $ twinfer completion zsh > "\${fpath[1]}/_twinfer"
  $ twinfer completion fish > ~/.config/fish/completions/twinfer.fish`

/** Commands and options are completed; everything else is a file. No library that knows commander completes those. */
export function addCompletion(program: Command, done: Done): void {
  program
    .command('completion')
    .summary('print a script that completes commands, options and files in a shell')
    .description('Prints a script for bash, zsh or fish that completes commands, options and file names')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action((shell: Shell) => {
      const script = scripts[shell](program.commands.map(wordsOf))
      done({ exitCode: 0, document: { shell, script }, text: script })
    })
}

interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionWords[]
}

interface OptionWords {
  readonly flags: readonly string[]
  readonly description: string
  /** What the value may be: undefined where there is none, nothing where it may be anything. */
  readonly values: readonly string[] | undefined
}

function wordsOf(command: Command): CommandWords {
  return {
    name: command.name(),
    summary: command.summary(),
    options: command.options.map(({ short, long, description, argChoices, required, optional }) => ({
      flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
      description,
      values: required || optional ? (argChoices ?? []) : undefined,
    })),
  }
}

const scripts: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: (commands) => `# twinfer completion for bash
_twinfer() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=
  if ((COMP_CWORD == 1)); then
    words='${commands.map(({ name }) => name).join(' ')} --help --version'
  else
    case \${COMP_WORDS[1]}:$before in
${commands.flatMap(bashValues).join('\n')}
    esac
    if [[ -z $words && $word == -* ]]; then
      case \${COMP_WORDS[1]} in
${commands.map(({ name, options }) => `        ${name}) words='${flagsOf(options).join(' ')} --help' ;;`).join('\n')}
      esac
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -o bashdefault -F _twinfer twinfer`,

  zsh: (commands) => `#compdef twinfer
# twinfer completion for zsh
_twinfer() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(({ name, options }) => `    ${name}) shift words; ((CURRENT--)); _arguments -s ${options.flatMap(zshOption).join(' ')} '*:file:_files' ;;`).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _twinfer "$@"; else compdef _twinfer twinfer; fi`,

  fish: (commands) =>
    [
      '# twinfer completion for fish',
      ...commands.map(
        ({ name, summary }) =>
          `complete -c twinfer -n __fish_use_subcommand -f -a ${name} -d ${fishQuote(summary)}`,
      ),
      ...commands.flatMap(({ name, options }) => options.map((option) => fishOption(name, option))),
    ].join('\n'),
}

function flagsOf(options: readonly OptionWords[]): readonly string[] {
  return options.flatMap(({ flags }) => flags)
}

/** What may follow an option of a few values. */
function bashValues({ name, options }: CommandWords): readonly string[] {
  return options
    .filter(({ values = [] }) => values.length > 0)
    .map(({ flags, values = [] }) => {
      const patterns = flags.map((flag) => `${name}:${flag}`).join(' | ')
      return `      ${patterns}) words='${values.join(' ')}' ;;`
    })
}

function zshOption({ flags, description, values }: OptionWords): readonly string[] {
  const text = description.replace(/[[\]:]/g, '\\$&')
  const value =
    values === undefined ? '' : values.length > 0 ? `:value:(${values.join(' ')})` : ':value:_files'
  return flags.map((flag) => quote(`*${flag}[${text}]${value}`))
}

function fishOption(command: string, { flags, description, values }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  const value =
    values === undefined ? [] : values.length > 0 ? ['-x', '-a', fishQuote(values.join(' '))] : ['-r']
  const condition = `-n '__fish_seen_subcommand_from ${command}'`
  return ['complete -c twinfer', condition, ...names, ...value, '-d', fishQuote(description)].join(' ')
}

/** For bash and zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
