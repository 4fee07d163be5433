import { access, chmod, constants, copyFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import type { FileOrBytes, ModelFile } from '../../file/ModelFile.js'
import { makeFolder } from '../../file/makeFolder.js'
import { weightsPath } from '../../file/NcnnReport.js'
import { fileError } from '../../tensor/npy/fileError.js'

/** What a copy of a model is called. */
export function nameOf({ path, engine }: ModelFile): string {
  return path === undefined ? `model.${engine === 'mnn' ? 'mnn' : 'param'}` : basename(path)
}

/** Where the engine looks for the weights of a model at this path. */
function weightsBeside({ engine }: ModelFile, path: string): string {
  return engine === 'ncnn' ? weightsPath(path) : `${path}.weight`
}

/**
 * Throws TWINFER_INVALID_OPTION where a copy would take the place of the model itself, through whatever links, or, unless
 * `force` says that it may, of any file; TWINFER_FILE_UNREADABLE where nothing can be written there.
 */
export async function requirePlace(file: ModelFile, path: string, force: boolean): Promise<void> {
  const weights = await file.weights()
  const own = await Promise.all(
    [file.path, weights].flatMap((one) => (typeof one === 'string' ? [identityOf(one)] : [])),
  )
  for (const place of [path, weightsBeside(file, path)]) {
    const there = await identityOf(place)
    if (there === undefined) continue
    if (own.includes(there)) {
      throw new TwinferError(
        'TWINFER_INVALID_OPTION',
        `expected another place for the copy than the model's own, received ${place}`,
        { help: 'Name another folder.' },
      )
    }
    if (!force) {
      throw new TwinferError(
        'TWINFER_INVALID_OPTION',
        `expected a place where nothing is, received ${place}, which is there`,
        { help: 'Name another place, or let it be replaced with --force.' },
      )
    }
  }
  await requireWritable(dirname(path), path)
}

/** The folder, or the nearest one above it that is there. */
async function requireWritable(folder: string, path: string): Promise<void> {
  try {
    await access(folder, constants.W_OK)
    await readdir(folder)
  } catch (error) {
    const above = dirname(folder)
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isAbsent && above !== folder) return requireWritable(above, path)
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot write ${path}: ${(error as Error).message}`, {
      help: 'Name a folder that can be made or written into.',
      cause: error,
    })
  }
}

/** The file that a path leads to; undefined where none is there. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found && `${found.dev}:${found.ino}`
}

/**
 * Writes a model, and its weights where the engine looks for them: content, or the path of a file to be copied as it is.
 * Gives all files that were written. Throws TWINFER_INVALID_OPTION where this is the model's own place.
 */
export async function writeModel(
  file: ModelFile,
  { model, weights }: { readonly model: FileOrBytes; readonly weights: FileOrBytes | undefined },
  path: string,
): Promise<readonly string[]> {
  await requirePlace(file, path, true)
  const beside = weightsBeside(file, path)
  try {
    await makeFolder(dirname(path))
    // Not written over: other names of what is there keep it, and what was read-only may be replaced.
    await put(model, path)
    if (weights === undefined) return [path]
    await put(weights, beside)
  } catch (error) {
    throw await fileError(path, 'write', error)
  }
  return [path, beside]
}

async function put(content: FileOrBytes, path: string): Promise<void> {
  await rm(path, { force: true })
  if (typeof content !== 'string') return writeFile(path, content)
  await copyFile(content, path)
  // Of a read-only file the copy is, too.
  await chmod(path, 0o644)
}
