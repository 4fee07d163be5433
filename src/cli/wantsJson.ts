/** Whether errors are to be JSON too, asked of the raw arguments because they may be what is wrong. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}
