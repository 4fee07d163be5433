import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { TwinferError } from '../errors/TwinferError.js'
import {
  explainFile,
  explainMessage,
  explainPlace,
  isCutShort,
  type LoadFailure,
} from './load/explainFailure.js'
import { platformName } from './load/host.js'
import type { NativeAddon } from './NativeAddon.js'

const require = createRequire(import.meta.url)
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Loads the file that TWINFER_ADDON names, else build/Release, else the fitting file of prebuilds/.
 *
 * @throws TwinferError TWINFER_NATIVE_LOAD_FAILED with the platform, what was tried, what is wrong with it
 * and what to do.
 */
export function loadAddon(): NativeAddon {
  const path = addonPath()
  try {
    if (isCutShort(path)) throw new Error('the file is cut short')
    const addon = require(path) as NativeAddon
    addon.setErrorClass(TwinferError)
    return addon
  } catch (cause) {
    const known = explainFile(path) ?? explainMessage(cause)
    const { reason, help } = known ?? {
      reason: messageOf(cause),
      help: 'Run `npx twinfer doctor --json` and report what it says.',
    }
    const chosen = process.env.TWINFER_ADDON
      ? ' TWINFER_ADDON names this file: unset it to load the one of the package.'
      : ''
    return fail({ reason: `tried ${path}: ${reason}`, help: help + chosen }, cause)
  }
}

/**
 * The file to load: node-gyp-build chooses by platform and C library.
 *
 * @throws TwinferError TWINFER_NATIVE_LOAD_FAILED where there is none.
 */
export function addonPath(): string {
  if (process.env.TWINFER_ADDON) return process.env.TWINFER_ADDON
  try {
    return (require('node-gyp-build') as { path(folder: string): string }).path(packageFolder)
  } catch (cause) {
    return fail(explainPlace(packageFolder), cause)
  }
}

function fail({ reason, help }: LoadFailure, cause: unknown): never {
  throw new TwinferError(
    'TWINFER_NATIVE_LOAD_FAILED',
    `could not load the twinfer addon for ${platformName()}: ${reason}`,
    { help, cause },
  )
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
