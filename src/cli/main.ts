import { Command, CommanderError } from 'commander'
import { TwinferError } from '../errors/TwinferError.js'
import { forTerminal } from '../format/visibleText.js'
import { packageVersion } from '../packageVersion.js'
import { type CommandResult, type Done, errorDocument, toJson, writeError } from './CommandResult.js'
import { addBench } from './commands/bench.js'
import { addCheck } from './commands/check.js'
import { addCompare } from './commands/compare.js'
import { addCompletion } from './commands/completion.js'
import { addDiagnose } from './commands/diagnose.js'
import { addDoctor } from './commands/doctor.js'
import { addEval } from './commands/eval.js'
import { addExtract } from './commands/extract.js'
import { addInspect } from './commands/inspect.js'
import { addMeta } from './commands/meta.js'
import { addMixed } from './commands/mixed.js'
import { addPreprocess } from './commands/preprocess.js'
import { addProbeCard } from './commands/probeCard.js'
import { addRecord } from './commands/record.js'
import { addRun } from './commands/run.js'
import { addTune } from './commands/tune.js'
import { addVerify } from './commands/verify.js'
import { wantsJson, wantsQuiet } from './processes.js'

/**
 * The command line: arguments without `node` and the script, to the exit code (0 pass, 1 accuracy failed,
 * 2 usage or load error, 3 inconclusive). `announce` is called just before an answer is written.
 */
export async function main(argv: readonly string[], announce: () => void = () => {}): Promise<number> {
  const json = wantsJson(argv)
  const stopProgress = json || wantsQuiet(argv) ? () => {} : await progressAtTerminal()
  try {
    const result = await runProgram(argv)
    stopProgress()
    announce()
    if (result) process.stdout.write(`${json ? toJson(result.document) : forTerminal(result.text)}\n`)
    return result?.exitCode ?? 0
  } catch (error) {
    stopProgress()
    announce()
    writeError(errorDocument(error), json)
    return 2
  }
}

/** Loaded where somebody looks: a pipe has no use for it. */
async function progressAtTerminal(): Promise<() => void> {
  if (!process.stderr.isTTY) return () => {}
  const { showProgress } = await import('./output/showProgress.js')
  return showProgress()
}

/**
 * Parses the arguments and runs the command. `undefined` where help or the version was all there was to say. Without a
 * command the help is the answer, with the exit code of wrong usage: a script whose command is an empty variable must
 * not pass.
 */
async function runProgram(argv: readonly string[]): Promise<CommandResult | undefined> {
  let result: CommandResult | undefined
  const program = createProgram((value) => {
    result = value
  })
  let help = ''
  program.configureOutput({
    writeErr: (text) => {
      help += text
    },
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return result
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    const wrong = usageError(error, () => greedyOption(program, argv))
    if (error.code !== 'commander.help' || wantsJson(argv)) throw wrong
    return { exitCode: 2, document: undefined, text: help.trimEnd() }
  }
}

const epilogue = `
Every command has --help, --json (one JSON document on stdout, nothing else) and --quiet (no progress; a pipe has none).
Exit codes: 0 pass, 1 the accuracy check failed, 2 usage or load error, 3 inconclusive.`

/** The program with its commands. Commands load their code when they run, so --help costs nothing. */
function createProgram(done: Done): Command {
  const program = new Command('twinfer')
    .description('Run the same network on ncnn and MNN, and see how far they agree')
    .version(packageVersion(), '-V, --version')
    .enablePositionalOptions()
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', epilogue)
    .exitOverride()
    // Errors are written once, by main, with their code.
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .helpCommand('help [command]', 'show the help of a command')
  addRun(program, done)
  addInspect(program, done)
  addCheck(program, done)
  addCompare(program, done)
  addRecord(program, done)
  addVerify(program, done)
  addDiagnose(program, done)
  addEval(program, done)
  addExtract(program, done)
  addMixed(program, done)
  addBench(program, done)
  addTune(program, done)
  addMeta(program, done)
  addPreprocess(program, done)
  addProbeCard(program, done)
  addDoctor(program, done)
  addCompletion(program, done)
  for (const command of [program, ...program.commands]) {
    command.option('--quiet', 'no progress on stderr, which only a terminal gets')
  }
  return program
}

/** An option of the command that takes what follows it, and did: maybe the model. */
function greedyOption(program: Command, argv: readonly string[]): string | undefined {
  const command = program.commands.find((one) => argv.includes(one.name()))
  const greedy = command?.options.filter(({ variadic, optional }) => variadic || optional) ?? []
  const names = greedy.flatMap(({ short, long }) => [short, long])
  return argv.find((word, at) => names.includes(word) && argv[at + 1]?.startsWith('-') === false)
}

/**
 * Commander's `error: MESSAGE\n(Did you mean X?)` as one of our errors. @param greedy an option that may have taken an
 * argument that is missing.
 */
function usageError(error: CommanderError, greedy: () => string | undefined): TwinferError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const message = error.code === 'commander.help' ? 'expected a command' : first
  const nearest = suggestion?.replace(/^\(|\)$/g, '')
  const taker = error.code === 'commander.missingArgument' ? greedy() : undefined
  const order = taker && `What follows ${taker} belongs to it: give models first, options after them.`
  return new TwinferError('TWINFER_USAGE', message, {
    help: nearest ?? order ?? 'See `twinfer --help`, or `twinfer COMMAND --help` for one command.',
  })
}
