import { TwinferError } from './TwinferError.js'
import { describeValue, suggest } from './words.js'

/** The names of all options of an interface. The compiler refuses a list that lacks one, or has one more. */
export type OptionNames<Options extends object> = Readonly<Record<keyof Options, true>>

/**
 * Throws TWINFER_INVALID_OPTION, with the nearest name, for what is no object of options or has an option that nothing
 * reads: a misspelt one would be passed over, and the default taken for what was asked for.
 *
 * @param owner in front of the message, where another call's options could be meant.
 */
export function requireOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  owner?: string,
): void {
  const front = owner === undefined ? '' : `${owner}: `
  if (typeof options !== 'object' || options === null) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `${front}expected options as an object, received ${describeValue(options)}`,
    )
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue
    const known = Object.keys(names)
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `${front}expected one of ${known.join(', ')}, received ${JSON.stringify(name)}`,
      { help: suggest(name, known) },
    )
  }
}

/** Throws TWINFER_INVALID_OPTION for a path that is missing or no string: Node's own error would name its argument. */
export function requirePath(name: string, value: unknown, help: string): void {
  if (typeof value === 'string') return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected ${name} as a path, received ${describeValue(value)}`,
    { help },
  )
}
