import { answeringMethods } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { readStart } from '../file/requireFile.js'
import { sniffContent } from '../file/sniffContent.js'
import { fileError } from '../tensor/npy/fileError.js'
import { openRegularFile, readNpyPieces } from '../tensor/npy/readNpy.js'
import { npyFileNames } from '../tensor/npy/writeNpy.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import { ZipArchive, type ZipLimits } from '../zip/ZipArchive.js'
import type { PackManifest, StoredTensor } from './PackManifest.js'
import { checkSidecar, packError, parseManifest, parseManifestJson } from './parseManifest.js'

export const manifestName = 'manifest.json'
/** A network of 10,000 layers needs a few megabytes. */
const largestManifest = 2 ** 26
/** Enough for any network that runs on a board; `openPack` takes others. */
const limits: ZipLimits = { bytes: 2 ** 32 }

/** An open golden pack: its manifest, and its tensors when asked for. */
export class Pack {
  private constructor(
    readonly file: string,
    readonly manifest: PackManifest,
    /** The manifest with what this version does not know of it. */
    readonly json: Readonly<Record<string, unknown>>,
    readonly archive: ZipArchive,
  ) {}

  /**
   * Reads the manifest and checks that nothing it names is missing. Throws TWINFER_PACK_INVALID,
   * TWINFER_PACK_UNSUPPORTED, TWINFER_ARCHIVE_INVALID, TWINFER_LIMIT_EXCEEDED, TWINFER_FILE_NOT_FOUND or
   * TWINFER_FILE_UNREADABLE.
   */
  static async open(file: string, given: ZipLimits = {}): Promise<Pack> {
    const archive = await openArchive(file, given)
    try {
      const json = parseManifestJson(await readText(archive))
      const manifest = parseManifest(json)
      await checkSidecar(manifest)
      for (const { member } of membersOf(manifest)) {
        if (archive.sizeOf(member) === undefined) {
          throw packError(`${file}: manifest.json names ${member}, which is not in the pack`)
        }
      }
      return new Pack(file, manifest, json as Readonly<Record<string, unknown>>, archive)
    } catch (error) {
      await archive.close()
      throw error
    }
  }

  /** Throws TWINFER_PACK_INVALID where the member is not what the manifest says, and what Npz.read throws. */
  async read({ member, shape, dtype, layout }: Omit<StoredTensor, 'name'>): Promise<Tensor> {
    const { file, archive } = this
    const read = await readNpyPieces(`${file}:${member}`, archive.sizeOf(member)!, archive.read(member))
    if (read.dtype === dtype && read.shape.join() === shape.join()) {
      return new Tensor(read.data, shape, { dtype, layout })
    }
    throw packError(
      `${file}: ${member}: expected ${dtype} of shape [${shape.join(', ')}], received ${read.dtype} of shape [${read.shape.join(', ')}]`,
    )
  }

  /** By name. The object has no prototype, so that a tensor may be called `__proto__`. */
  async readAll(tensors: readonly StoredTensor[]): Promise<NamedTensors> {
    const read = Object.create(null) as Record<string, Tensor>
    for (const tensor of tensors) read[tensor.name] = await this.read(tensor)
    return read
  }

  /** Resolves when the file is closed. */
  close(): Promise<void> {
    return this.archive.close()
  }
}

answeringMethods(Pack)

async function openArchive(file: string, given: ZipLimits): Promise<ZipArchive> {
  try {
    const { handle } = await openRegularFile(file)
    await handle.close()
    return await ZipArchive.open(file, { ...limits, ...given })
  } catch (error) {
    throw (await otherFile(file, error)) ?? (await fileError(file, 'read', error))
  }
}

/** What is given in a pack's place is mostly a model: that says more than which signature is not there. */
async function otherFile(file: string, error: unknown): Promise<TwinferError | undefined> {
  if (!(error instanceof TwinferError) || error.code !== 'TWINFER_ARCHIVE_INVALID') return undefined
  const { kind, description } = sniffContent(await readStart(file))
  if (kind === 'zip' || kind === 'unknown' || kind === 'empty') return undefined
  return new TwinferError(error.code, `${file}: expected a golden pack, but it looks like ${description}`, {
    help: 'Make a pack with `twinfer record`; `twinfer compare` holds models against each other.',
    cause: error,
  })
}

async function readText(archive: ZipArchive): Promise<string> {
  const size = archive.sizeOf(manifestName)
  if (size === undefined) {
    throw packError(
      `${archive.file} is no golden pack: it has no ${manifestName}`,
      'Make one with `twinfer record`.',
    )
  }
  if (size > largestManifest) {
    throw packError(
      `${archive.file}: expected a manifest of at most ${largestManifest} bytes, received ${size}`,
    )
  }
  const pieces: Uint8Array[] = []
  for await (const piece of archive.read(manifestName)) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

function* membersOf({
  inputs,
  images = [],
  recorded,
  runs,
  layers,
}: PackManifest): Generator<{ readonly member: string }> {
  yield* inputs
  yield* images
  for (const { outputs } of [recorded, ...runs]) yield* outputs
  for (const { member } of layers) if (member !== null) yield { member }
}

/** Names for the members of one folder of a pack: NumPy users see which tensor is which. */
export function memberNames(folder: string): (name: string) => string {
  const fileName = npyFileNames()
  return (name) => `${folder}/${fileName(name)}`
}
