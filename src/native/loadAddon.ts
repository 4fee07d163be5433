import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeAddon } from '../native.js'

const require = createRequire(import.meta.url)
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Throws TWINFER_NATIVE_LOAD_FAILED with the platform, what was tried and what to do. */
export function loadAddon(): NativeAddon {
  const chosen = process.env.TWINFER_ADDON
  try {
    const addon = (chosen ? require(chosen) : require('node-gyp-build')(packageFolder)) as NativeAddon
    addon.setErrorClass(TwinferError)
    return addon
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_NATIVE_LOAD_FAILED',
      `could not load the twinfer addon for ${platformName()}: ${cause instanceof Error ? cause.message : cause}`,
      {
        help:
          'Run `npx twinfer doctor` for the details. In a git checkout, `npm run build` makes the addon; ' +
          'in an installed package, reinstall on the platform that runs it (node_modules copied from another one do not work).',
        cause,
      },
    )
  }
}

/** Like `linux-x64 (glibc 2.36, Node v20.20.2)`. */
export function platformName(): string {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined
  const glibc = report?.header?.glibcVersionRuntime
  const libc = process.platform !== 'linux' ? '' : glibc ? `glibc ${glibc}, ` : 'musl, '
  return `${process.platform}-${process.arch} (${libc}Node ${process.version})`
}
