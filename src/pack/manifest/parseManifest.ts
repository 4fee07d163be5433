import { TwinferError } from '../../errors/TwinferError.js'
import { packError } from './Check.js'
import { checkManifest } from './checkManifest.js'
import type { PackManifest } from './PackManifest.js'

/** The version that this package writes. */
export const packVersion = '1.1'

/**
 * Checks the content of `manifest.json`. Throws TWINFER_PACK_INVALID with the place of what is wrong, and
 * TWINFER_PACK_UNSUPPORTED for another major version.
 */
export function parseManifest(value: unknown): PackManifest {
  requireVersion(value)
  const manifest = checkManifest(value, '')
  if (manifest.recorded.outputs.length === 0) {
    throw packError('manifest.json: recorded.outputs: expected at least one output, received none')
  }
  return manifest
}

/** Throws TWINFER_PACK_INVALID. */
export function parseManifestJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw packError(`manifest.json is not JSON: ${(cause as Error).message}`)
  }
}

/** Asked first: of a manifest of another major version, no field can be relied on. */
function requireVersion(value: unknown): void {
  const { version } = (value ?? {}) as { readonly version?: unknown }
  const [major] = /^\d+/.exec(String(version)) ?? []
  const known = packVersion.split('.')[0]
  if (typeof version !== 'string' || major === undefined || major === known) return
  throw new TwinferError(
    'TWINFER_PACK_UNSUPPORTED',
    `expected a golden pack of version ${known}.x, received ${version}`,
    { help: 'Verify it with the version of twinfer that recorded it, or record it again.' },
  )
}
