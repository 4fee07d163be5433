import { Command } from 'commander'
import { packageVersion } from '../packageVersion.js'
import type { Done } from './CommandResult.js'
import { addCheck } from './commands/check.js'
import { addCompare } from './commands/compare.js'
import { addDoctor } from './commands/doctor.js'
import { addInspect } from './commands/inspect.js'
import { addRecord } from './commands/record.js'
import { addRun } from './commands/run.js'
import { addVerify } from './commands/verify.js'

const epilogue = `
Every command has --help and --json (one JSON document on stdout, nothing else).
Exit codes: 0 pass, 1 the accuracy check failed, 2 usage or load error, 3 inconclusive.`

/** The program with its commands. Commands load their code when they run, so --help costs nothing. */
export function createProgram(done: Done): Command {
  const program = new Command('twinfer')
    .description('Run the same network on ncnn and MNN, and see how far they agree')
    .version(packageVersion(), '-V, --version')
    .enablePositionalOptions()
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', epilogue)
    .exitOverride()
    // Errors are written once, by main, with their code.
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .helpCommand(false)
  addRun(program, done)
  addInspect(program, done)
  addCheck(program, done)
  addCompare(program, done)
  addRecord(program, done)
  addVerify(program, done)
  addDoctor(program, done)
  return program
}
