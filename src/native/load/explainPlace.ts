import { existsSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { LoadFailure } from './LoadFailure.js'

/** Why there is no addon in a package folder at all, or none that can be loaded from there. */
export function explainPlace(packageFolder: string): LoadFailure {
  const inside = (part: string) =>
    packageFolder.includes(`${sep}${part}`) || packageFolder.includes(`/${part}`)
  if (process.versions.electron && inside('app.asar') && !inside('app.asar.unpacked')) {
    return {
      reason: 'the package lies in app.asar, from where the system cannot load a library',
      help: 'Unpack it: `asarUnpack: ["**/node_modules/twinfer/**"]` for electron-builder, the auto-unpack-natives plugin for Forge.',
    }
  }
  if (process.versions.pnp && packageFolder.includes('.zip')) {
    return {
      reason: "the package lies in a zip of Yarn's cache",
      help: 'Set `"dependenciesMeta": { "twinfer": { "unplugged": true } }` in package.json and run `yarn install`.',
    }
  }
  if (!existsSync(join(packageFolder, 'package.json'))) {
    return {
      reason: `${packageFolder} is not the folder of the package: twinfer was bundled`,
      help: "Keep it out of the bundle: `--external:twinfer` (esbuild), `externals` (webpack), `serverExternalPackages: ['twinfer']` (Next.js).",
    }
  }
  const prebuilt = prebuiltPlatforms(packageFolder)
  if (prebuilt.length === 0) {
    return {
      reason: 'there is neither a build (build/Release) nor a prebuilt addon (prebuilds)',
      help: 'In a git checkout, `npm run build` makes it. In an installed package, install again.',
    }
  }
  return {
    reason: `there is no prebuilt addon for it; there are those for ${prebuilt.join(', ')}`,
    help: 'Run it on one of these platforms, or build it on this one from a git checkout: `npm ci`.',
  }
}

/** The folders of prebuilds/ that hold an addon. */
function prebuiltPlatforms(packageFolder: string): string[] {
  const folder = join(packageFolder, 'prebuilds')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && readdirSync(join(folder, entry.name)).some((file) => file.endsWith('.node')),
    )
    .map((entry) => entry.name)
}
