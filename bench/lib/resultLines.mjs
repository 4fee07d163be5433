import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** The results that an earlier run left in a file, one JSON a line. What the end of that run cut in half is dropped. */
export function resultLines(file) {
  if (!file || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // A whole line ends with a break: behind the last one stands nothing, or half a result.
  if (lines.at(-1) !== '')
    writeFileSync(
      file,
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    )
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}
