import { access, constants, copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { WeightComparison } from '../../check/against/WeightComparison.js'
import { decodeValues } from '../../check/weights/decodeValues.js'
import { bytesPerValue, type ValueFormat } from '../../check/weights/StoredTensor.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { FileOrBytes, ModelFile } from '../../file/ModelFile.js'
import { makeFolder } from '../../file/makeFolder.js'
import { weightsPath } from '../../file/NcnnReport.js'
import { native } from '../../native/native.js'
import { encodeBfloat16, encodeFloat16 } from '../../tensor/float16.js'
import { fileError } from '../../tensor/npy/fileError.js'
import { isScaled } from './weightCauses.js'

/** A copy of a candidate with one thing put right. */
export interface CorrectedCopy {
  /** The model to open. */
  readonly model: string
  /** All files that were written. */
  readonly written: readonly string[]
  /** What was changed, as a sentence. */
  readonly change: string
}

/** The files of a candidate, to be changed in memory. */
interface Content {
  model: Buffer
  weights: Buffer | undefined
}

/**
 * Writes a copy of a candidate into a folder with its scaled layers divided by the factor that the source shows.
 * Undefined where no layer is scaled, or in a way that cannot be undone in the file.
 */
export async function rescaledCopy(
  file: ModelFile,
  { matched }: WeightComparison,
  folder: string,
): Promise<CorrectedCopy | undefined> {
  const scaled = matched.filter((match) => isScaled(match) && match.weight.format !== 'int8')
  if (scaled.length === 0) return undefined
  const content = await contentOf(file)
  const bytes = content.weights ?? content.model
  for (const { weight, scale } of scaled) {
    const { offset, count, format } = weight
    const stored = bytes.subarray(offset, offset + count * bytesPerValue[format])
    bytes.set(
      encode(
        decodeValues(Uint8Array.from(stored), format).map((value) => value / scale!.factor),
        format,
      ),
      offset,
    )
  }
  const named = scaled.map(
    ({ weight, scale }) => `'${weight.layer}' by ${Number(scale!.factor.toPrecision(6))}`,
  )
  return write(file, content, folder, `divided the weights of ${named.join(', ')}`)
}

/**
 * Writes a copy of a candidate whose .param has what only its text had wrong: a byte order mark in front, a missing first
 * line, wrong counts in the second. Undefined where nothing of that is wrong.
 */
export async function mendedText(file: ModelFile, folder: string): Promise<CorrectedCopy | undefined> {
  if (file.engine !== 'ncnn' || file.path?.toLowerCase().endsWith('.bin')) return undefined
  const content = await contentOf(file)
  const mended = native().ncnn.mendParam(content.model)
  if (mended === undefined) return undefined
  const { text, hadByteOrderMark, lackedMagic, counts, rightCounts } = mended
  const changes = [
    ...(hadByteOrderMark ? ['took the byte order mark away'] : []),
    ...(lackedMagic ? ['put the first line, the magic number, back'] : []),
    ...(counts === '' ? [] : [`corrected the counts on line 2 from '${counts}' to '${rightCounts}'`]),
  ]
  return write(file, { ...content, model: Buffer.from(text) }, folder, changes.join(', '))
}

function encode(values: Float32Array, format: ValueFormat): Uint8Array {
  switch (format) {
    case 'fp16':
      return new Uint8Array(encodeFloat16(values).buffer)
    case 'bf16':
      return new Uint8Array(encodeBfloat16(values).buffer)
    default:
      return new Uint8Array(values.slice().buffer, 0, values.length * bytesPerValue.fp32)
  }
}

async function contentOf(file: ModelFile): Promise<Content> {
  const weights = await file.weights()
  return {
    model: await bytesOf(file.model),
    weights: weights === undefined ? undefined : await bytesOf(weights),
  }
}

async function bytesOf(given: FileOrBytes): Promise<Buffer> {
  return typeof given === 'string' ? readFile(given) : Buffer.from(given)
}

/** Under the candidate's own names, which engines rely on. */
async function write(
  file: ModelFile,
  content: Content,
  folder: string,
  change: string,
): Promise<CorrectedCopy> {
  const model = join(folder, nameOf(file))
  return { model, written: await writeModel(file, content, model), change }
}

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
  { model, weights }: { readonly model: Uint8Array; readonly weights: FileOrBytes | undefined },
  path: string,
): Promise<readonly string[]> {
  await requirePlace(file, path, true)
  const beside = weightsBeside(file, path)
  try {
    await makeFolder(dirname(path))
    // Not written over: other names of what is there keep it, and what was read-only may be replaced.
    await rm(path, { force: true })
    await writeFile(path, model)
    if (weights === undefined) return [path]
    await rm(beside, { force: true })
    if (typeof weights === 'string') await copyFile(weights, beside)
    else await writeFile(beside, weights)
  } catch (error) {
    throw await fileError(path, 'write', error)
  }
  return [path, beside]
}
