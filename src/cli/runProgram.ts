import { CommanderError } from 'commander'
import type { CommandResult } from './CommandResult.js'
import { createProgram } from './createProgram.js'
import { usageError } from './usageError.js'

/** Parses the arguments and runs the command. `undefined` where help or the version was all there was to say. */
export async function runProgram(argv: readonly string[]): Promise<CommandResult | undefined> {
  let result: CommandResult | undefined
  const program = createProgram((value) => {
    result = value
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return result
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw usageError(error)
  }
}
