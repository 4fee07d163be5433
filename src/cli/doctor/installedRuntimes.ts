import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runtimePackages } from '../../onnx/runtime/runtimePackages.js'

/** An installed onnxruntime: the package that would run an .onnx, and its version. */
export interface InstalledRuntime {
  readonly package: string
  readonly version: string
}

/** Those of the optional packages that are installed, found as `importPackage` finds them, in the order of use. */
export function installedRuntimes(): readonly InstalledRuntime[] {
  return runtimePackages.flatMap(({ name }) => {
    const version = versionOf(name)
    return version === null ? [] : [{ package: name, version }]
  })
}

/** From the package's own file: onnxruntime-web does not export its package.json. */
function versionOf(name: string): string | null {
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      const version = versionAbove(dirname(createRequire(base).resolve(name)), name)
      if (version !== null) return version
    } catch {}
  }
  return null
}

function versionAbove(folder: string, name: string): string | null {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const found = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name?: string
      readonly version?: string
    }
    if (found.name === name) return found.version ?? ''
  }
  const parent = dirname(folder)
  return parent === folder ? null : versionAbove(parent, name)
}
