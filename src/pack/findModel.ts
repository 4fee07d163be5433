import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { ZipLimits } from '../zip/ZipLimits.js'
import { Pack } from './Pack.js'

/**
 * The model that a pack was recorded from: where it was beside the pack, or under that path or its bare name
 * in the pack's and the current folder. Throws TWINFER_FILE_NOT_FOUND.
 */
export function findModel({ file, manifest }: Pack): string {
  const { path } = manifest.recorded.model
  const folders = [dirname(resolve(file)), process.cwd()]
  const places = new Set(
    [path, basename(path)].flatMap((name) => folders.map((folder) => resolve(folder, name))),
  )
  const found = [...places].find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new TwinferError(
    'TWINFER_FILE_NOT_FOUND',
    `${file} was recorded from ${path}: expected that model at ${[...places].join(' or ')}, received nothing there`,
    {
      help: 'Name the model to verify: `twinfer verify PACK MODEL`. It may be another file of the same network.',
    },
  )
}

/** The same for a pack that is not open. Throws what `Pack.open` throws, too. */
export const recordedModel = answering(
  'recordedModel',
  async function recordedModel(file: string, limits?: ZipLimits): Promise<string> {
    const pack = await Pack.open(file, limits)
    try {
      return findModel(pack)
    } finally {
      pack.close()
    }
  },
)
