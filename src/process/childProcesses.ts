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
