/** What the child sends just before it writes its document, so that a crash at exit adds no second one. */
export const answered = 'twinfer:answered'

/** Ends this process when its supervisor is gone (killed): nobody waits for the answer any more. */
export function leaveWithParent(): void {
  process.once('disconnect', () => process.exit(2))
  // Listening to the channel would otherwise keep a finished process alive.
  process.channel?.unref()
}

/** Windows has no signals: a crash is an exit code of this size or above (0xC0000005 is an access violation). */
const leastWindowsException = 0xc0000000

/** What killed the child, or undefined where it ended by itself. */
export function crashOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal) return signal
  return code !== null && code >= leastWindowsException ? `exception 0x${code.toString(16)}` : undefined
}

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
