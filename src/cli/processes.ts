/** What the child sends just before it writes its document, so that a crash at exit adds no second one. */
export const answered = 'twinfer:answered'

/** Whether errors are to be JSON too, asked of the raw arguments because they may be what is wrong. */
export function wantsJson(args: readonly string[]): boolean {
  return isGiven(args, '--json')
}

export function wantsQuiet(args: readonly string[]): boolean {
  return isGiven(args, '--quiet')
}

function isGiven(args: readonly string[], option: string): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes(option)
}
