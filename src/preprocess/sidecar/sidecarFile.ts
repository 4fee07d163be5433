import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import { readText } from '../../file/readText.js'
import type { Preprocessing } from '../Preprocessing.js'
import { parseSidecar, sidecarError } from './parseSidecar.js'
import { readLabels } from './readLabels.js'
import type { Sidecar, SidecarOutput } from './Sidecar.js'
import { hasSidecar, sidecarPath } from './sidecarPath.js'

/** A sidecar that was read, with the labels that it has in a file of their own. */
export interface ReadSidecar {
  readonly path: string
  readonly sidecar: Sidecar
}

/** The sidecar beside a model, or undefined where there is none. Throws as `readSidecar` does. */
export const findSidecar = answering('findSidecar', async function findSidecar(model: string): Promise<
  ReadSidecar | undefined
> {
  return (await hasSidecar(model)) ? readSidecar(sidecarPath(model)) : undefined
})

/**
 * Reads a sidecar; labels in a file beside it become a list. Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE,
 * TWINFER_SIDECAR_INVALID or TWINFER_SIDECAR_UNSUPPORTED.
 */
export const readSidecar = answering(
  'readSidecar',
  async function readSidecar(path: string): Promise<ReadSidecar> {
    const sidecar = parseSidecar(await readText(path), path)
    const outputs: Record<string, SidecarOutput> = Object.create(null)
    for (const [name, output] of Object.entries(sidecar.outputs)) {
      const { labels } = output
      outputs[name] =
        typeof labels === 'string' ? { ...output, labels: await readLabels(besides(path, labels)) } : output
    }
    return { path, sidecar: { ...sidecar, outputs } }
  },
)

/** A sidecar comes from anywhere: it may name what lies beside it, and nothing else. */
function besides(sidecar: string, labels: string): string {
  if (labels === basename(labels) && labels !== '..' && !labels.includes('\\')) {
    return join(dirname(sidecar), labels)
  }
  throw sidecarError(
    sidecar,
    `labels: expected the name of a file beside the sidecar, received ${describeValue(labels)}`,
    'Copy the file beside the sidecar, and give its name without a folder.',
  )
}

/** Writes a sidecar. Throws TWINFER_INVALID_OPTION for one that is there, unless `overwrite`, and TWINFER_FILE_UNREADABLE. */
export const writeSidecar = answering(
  'writeSidecar',
  async function writeSidecar(path: string, sidecar: Sidecar, overwrite = false): Promise<void> {
    try {
      await writeFile(path, `${JSON.stringify(sidecar, null, 2)}\n`, { flag: overwrite ? 'w' : 'wx' })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
        throw new TwinferError('TWINFER_INVALID_OPTION', `${path}: expected no file, as it would be lost`, {
          cause,
          help: 'Write it elsewhere with --sidecar, or over the one that is there with --force.',
        })
      }
      throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot write ${path}: ${(cause as Error).message}`, {
        cause,
        help: 'Check the folder and its permissions.',
      })
    }
  },
)

/** The records of inputs that are made of pictures, by input. It has no prototype: one may be called `__proto__`. */
export function recordsOf({ inputs }: Sidecar): Readonly<Record<string, Preprocessing>> {
  const records: Record<string, Preprocessing> = Object.create(null)
  for (const [name, { image }] of Object.entries(inputs)) if (image) records[name] = image
  return records
}

/** What is to be said where a sidecar was made for other files than these; undefined where they are the same. */
export function digestWarning({ model }: Sidecar, digest: ModelDigest, path: string): string | undefined {
  if (model.sha256 === digest.sha256) return undefined
  const [was, is] = [model.sha256, digest.sha256].map((hash) => `${hash.slice(0, 12)}…`)
  return `${path} was made for other files of ${model.name} (SHA-256 ${was}, received ${is}): where it still holds, write it anew: \`twinfer meta init MODEL --from ${basename(path)} --force\``
}
