/**
 * The shortest end of each path, in whole names, that no other path ends with: what people need to tell files apart
 * whose folders they know. What is no path, or the same twice, stays as it is.
 */
export function distinctTails(paths: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(paths)]
  return new Map(distinct.map((path) => [path, tailOf(path, distinct)]))
}

function tailOf(path: string, paths: readonly string[]): string {
  const names = path.split(/(?<=[/\\])/)
  for (let count = 1; count < names.length; count++) {
    const tail = names.slice(-count).join('')
    const isShared = paths.some((other) => other !== path && (other === tail || endsWithNames(other, tail)))
    if (tail !== '' && !isShared) return tail
  }
  return path
}

function endsWithNames(path: string, tail: string): boolean {
  return path.endsWith(`/${tail}`) || path.endsWith(`\\${tail}`)
}
