import { TwinferError } from './TwinferError.js'

/** Runs `work`; what it throws of ours says `name` in front, unless it has it: which of several things it was about. */
export async function naming<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TwinferError) || error.message.includes(name)) throw error
    const { code, message, help, log } = error
    throw new TwinferError(code, `${name}: ${message}`, { help, log, cause: error })
  }
}
