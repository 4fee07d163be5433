import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'

/** Native code says what a switch of ncnn takes, and not what it got. */
const refused = /^expected (.+) for ncnn option '(\w+)'$/

/** The error of a switch that was refused with the value that was received; any other error as it is. */
export function withReceived(error: unknown, options: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof TwinferError)) return error
  const [, expected, name] = refused.exec(error.message) ?? []
  if (name === undefined || !Object.hasOwn(options, name)) return error
  const { code, help, log } = error
  return new TwinferError(
    code,
    `ncnn option ${name}: expected ${expected}, received ${describeValue(options[name])}`,
    { help, log, cause: error },
  )
}
