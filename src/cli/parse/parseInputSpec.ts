import { existsSync } from 'node:fs'

export interface InputSpec {
  /** Absent where the input is given by its order. */
  readonly name?: string
  readonly file: string
  /** The array of a .npz, where one is named. */
  readonly member?: string
}

/**
 * `NAME=FILE.npy`, `FILE.npy`, or the same with `FILE.npz` or `FILE.npz:MEMBER`. Names and paths may hold `=`
 * themselves, so the first split whose file exists wins, then the whole text as a file; where neither exists,
 * the error should name what the person most likely meant: the part after the first `=`, unless the part
 * before it can only be a path.
 */
export function parseInputSpec(text: string, exists: (file: string) => boolean = existsSync): InputSpec {
  const splits = [...text.matchAll(/=/g)].map(({ index }) => ({
    name: text.slice(0, index),
    ...splitMember(text.slice(index + 1), exists),
  }))
  const named = splits.filter(({ name, file }) => name !== '' && file !== '')
  const found = named.find(({ file }) => exists(file))
  if (found) return found
  const whole = splitMember(text, exists)
  const first = named[0]
  return first === undefined || exists(whole.file) || isPath(first.name) ? whole : first
}

/** `FILE.npz:MEMBER`, unless a file has this very name. */
function splitMember(text: string, exists: (file: string) => boolean): Omit<InputSpec, 'name'> {
  const [, file, member] = /^(.*?\.npz):(.+)$/is.exec(text) ?? []
  return file === undefined || member === undefined || exists(text) ? { file: text } : { file, member }
}

/** Tensor names may hold a slash (TensorFlow's do), but not start like a path. */
function isPath(name: string): boolean {
  return /^(\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(name) || name.includes('\\')
}
