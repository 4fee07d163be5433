import { existsSync } from 'node:fs'

export interface InputSpec {
  /** Absent where the input is given by its order. */
  readonly name?: string
  readonly file: string
}

/**
 * `NAME=FILE.npy` or `FILE.npy`. Names and paths may hold `=` themselves, so the first split whose file
 * exists wins, then the whole text as a file; where neither exists, the error should name what the person
 * most likely meant: the part after the first `=`, unless the part before it can only be a path.
 */
export function parseInputSpec(text: string, exists: (file: string) => boolean = existsSync): InputSpec {
  const splits = [...text.matchAll(/=/g)].map(({ index }) => ({
    name: text.slice(0, index),
    file: text.slice(index + 1),
  }))
  const named = splits.filter(({ name, file }) => name !== '' && file !== '')
  const found = named.find(({ file }) => exists(file))
  if (found) return found
  const first = named[0]
  return first === undefined || exists(text) || isPath(first.name) ? { file: text } : first
}

/** Tensor names may hold a slash (TensorFlow's do), but not start like a path. */
function isPath(name: string): boolean {
  return /^(\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(name) || name.includes('\\')
}
