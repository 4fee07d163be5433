import { existsSync } from 'node:fs'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { Npz } from '../../tensor/npz/Npz.js'
import type { GivenInput } from './assignInputs.js'

/** Reads what the `-i` options name, in their order. */
export async function readInputs(specs: readonly string[] = []): Promise<readonly GivenInput[]> {
  const inputs = await Promise.all(specs.map(readInput))
  return inputs.flat()
}

async function readInput(text: string): Promise<readonly GivenInput[]> {
  const spec = parseInputSpec(text)
  if (/\.npz$/i.test(spec.file)) return readNpzInputs(spec)
  const { name, file } = spec
  return [{ file, tensor: await readNpy(file), ...(name !== undefined && { name }) }]
}

/** What numpy.savez calls the arrays that were given without a name. */
const unnamed = /^arr_\d+$/

/**
 * The inputs in a .npz: all of its arrays, each for the input of its name, or by order where NumPy made the
 * name up. With `NAME=` it is one array: the one asked for, the only one, or the one of that name.
 */
async function readNpzInputs({ name, file, member }: InputSpec): Promise<readonly GivenInput[]> {
  const npz = await Npz.open(file)
  try {
    const wanted = member ?? (name === undefined ? undefined : (onlyOne(npz.names) ?? name))
    const inputs: GivenInput[] = []
    for (const array of wanted === undefined ? npz.names : [wanted]) {
      const tensor = await npz.read(array)
      const input = wanted === undefined ? nameOf(array) : name
      inputs.push({ file: `${file}:${array}`, tensor, ...(input !== undefined && { name: input }) })
    }
    return inputs
  } finally {
    await npz.close()
  }
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

function nameOf(array: string): string | undefined {
  return unnamed.test(array) ? undefined : array
}

interface InputSpec {
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
