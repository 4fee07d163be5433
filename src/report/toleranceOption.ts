import type { Tolerance } from '../compare/Tolerance.js'

/** The option that sets a tolerance for an output, to be pasted into the next call. */
export function toleranceOption(output: string, tolerance: Tolerance): string {
  return `--tolerance ${quoted(`${output}:${limitsOf(tolerance)}`)}`
}

/** `sqnr=60,top1=1` */
export function limitsOf(tolerance: Tolerance): string {
  return Object.entries(tolerance)
    .map(([key, limit]) => `${key}=${limit}`)
    .join(',')
}

/** For a POSIX shell, where it needs quotes. */
function quoted(text: string): string {
  return /^[\w:=,.+/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
