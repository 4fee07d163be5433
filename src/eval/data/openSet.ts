import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { requireFile } from '../../file/requireFile.js'
import { arraySet } from './arraySet.js'
import { dataError, type EvalSample, type EvalSet } from './EvalSet.js'
import { isInputFile, readSample } from './readSample.js'
import { tableSet } from './tableSet.js'

export interface SetOptions {
  /** A `.npy` of labels, beside inputs that are a `.npy`. */
  readonly labels?: string | undefined
  /** Names of the classes by number: those of the model's sidecar, or of a file. */
  readonly classes?: readonly string[] | undefined
}

/**
 * Opens a data set; inputs are read later, one by one. A folder holds a folder for each class, or inputs without
 * labels. A `.csv` has the columns `file,label`, or `a,b,same` for pairs; files are relative to it. A `.npz` holds
 * `inputs` (or arrays by the inputs' names) or `images`, and `labels`; a `.npy` holds inputs.
 *
 * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_DATA_INVALID, and what reading arrays
 * throws.
 */
export async function openSet(path: string, options: SetOptions = {}): Promise<EvalSet> {
  const set = await openAny(path, options)
  if (set.samples.length > 0) return set
  throw dataError(`${path}: expected samples, received an empty set`, {
    help: 'A folder is searched for pictures, .wav and .npy files, in itself or in one folder for each class.',
  })
}

async function openAny(path: string, options: SetOptions): Promise<EvalSet> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory()
  if (options.labels !== undefined && !/\.npy$/i.test(path)) {
    throw new TwinferError('TWINFER_USAGE', `labels: expected a .npy of inputs beside them, received ${path}`)
  }
  if (isFolder) return folderSet(path, options)
  await requireFile(path, 'data set')
  const extension = extname(path).toLowerCase()
  if (extension === '.csv') return tableSet(path, options)
  if (extension === '.npz' || extension === '.npy') return arraySet(path, options.labels)
  throw dataError(`expected a folder, a .csv, a .npz or a .npy as the data set, received ${path}`)
}

function folderSet(path: string, { classes }: SetOptions): EvalSet {
  const entries = list(path)
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  if (folders.length === 0) {
    const files = entries.map(({ name }) => name).filter(isInputFile)
    return folderOf(
      path,
      files.map((file) => sampleOf(path, file, undefined)),
      {},
    )
  }
  const numbering = numberFolders(path, folders, classes)
  const samples = folders.flatMap((folder) =>
    list(join(path, folder))
      .map(({ name }) => name)
      .filter(isInputFile)
      .map((file) => sampleOf(path, join(folder, file), numbering.numbers.get(folder)!)),
  )
  return folderOf(path, samples, numbering)
}

function folderOf(
  path: string,
  samples: readonly (EvalSample & { readonly number: number | undefined })[],
  { isNumberedByName, classes, notes = [] }: Partial<Numbering>,
): EvalSet {
  const named = samples.map(
    ({ name, number }) => `${name}\t${number ?? ''}\t${statSync(join(path, name)).size}`,
  )
  const digest = createHash('sha256').update(named.join('\n')).digest('hex')
  return { path, kind: 'folder', samples, classes, isNumberedByName, digest, notes }
}

function sampleOf(folder: string, name: string, number: number | undefined) {
  return { name, number, read: () => readSample(join(folder, name)), label: async () => number }
}

interface Numbering {
  readonly numbers: ReadonlyMap<string, number>
  readonly classes?: readonly string[] | undefined
  readonly isNumberedByName?: boolean
  readonly notes: readonly string[]
}

/** Which class a folder is: by the names of the classes, by a number that it is called, or in the order of the names. */
function numberFolders(
  path: string,
  folders: readonly string[],
  classes: readonly string[] | undefined,
): Numbering {
  if (folders.every((name) => /^\d{1,6}$/.test(name))) {
    return { numbers: new Map(folders.map((name) => [name, Number(name)])), classes, notes: [] }
  }
  if (classes === undefined) {
    const note = 'classes are numbered in the order of the names of their folders: nothing says their numbers'
    const numbers = new Map(folders.map((name, number) => [name, number]))
    return { numbers, classes: folders, isNumberedByName: true, notes: [note] }
  }
  const unknown = folders.find((name) => !classes.includes(name))
  if (unknown === undefined) {
    return { numbers: new Map(folders.map((name) => [name, classes.indexOf(name)])), classes, notes: [] }
  }
  throw dataError(
    `${join(path, unknown)}: expected a folder named as one of the ${classes.length} classes, received '${unknown}'`,
    { help: `${suggest(unknown, classes)} Folders may also be called by the numbers of the classes.`.trim() },
  )
}

/** In the order of the names, whatever the file system's; without hidden ones. */
function list(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  } catch (cause) {
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot read ${folder}: ${(cause as Error).message}`, {
      help: 'Check the permissions of the folder.',
      cause,
    })
  }
}
