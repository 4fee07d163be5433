import { CommanderError } from 'commander'
import type { CommandResult } from './CommandResult.js'
import { createProgram } from './createProgram.js'
import { usageError } from './usageError.js'
import { wantsJson } from './wantsJson.js'

/**
 * Parses the arguments and runs the command. `undefined` where help or the version was all there was to say. Without a
 * command the help is the answer, with the exit code of wrong usage: a script whose command is an empty variable must
 * not pass.
 */
export async function runProgram(argv: readonly string[]): Promise<CommandResult | undefined> {
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
    const wrong = usageError(error)
    if (error.code !== 'commander.help' || wantsJson(argv)) throw wrong
    return { exitCode: 2, document: undefined, text: help.trimEnd() }
  }
}
