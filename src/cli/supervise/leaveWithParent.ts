/** Ends this process when its supervisor is gone (killed): nobody waits for the answer any more. */
export function leaveWithParent(): void {
  process.once('disconnect', () => process.exit(2))
  // Listening to the channel would otherwise keep a finished process alive.
  process.channel?.unref()
}
