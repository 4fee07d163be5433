/** 0 pass, 1 the accuracy check failed, 2 usage or load error, 3 inconclusive. */
export type ExitCode = 0 | 1 | 2 | 3

/** What a command has to say, for programs and for people. */
export interface CommandResult {
  readonly exitCode: ExitCode
  readonly document: unknown
  readonly text: string
}

/** Where a command hands in its result. */
export type Done = (result: CommandResult) => void
