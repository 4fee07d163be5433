import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join, sep } from 'node:path'
import { hostLibc } from './host.js'
import { type ElfFacts, lengthOfElf, readElf } from './readElf.js'

/** One sentence about what is wrong, and what to do. */
export interface LoadFailure {
  readonly reason: string
  readonly help: string
}

const reinstall = 'Delete node_modules and install again: `npm ci`, or `npm install twinfer`.'

const copied =
  'Install on the machine (or in the container) that runs it: node_modules copied or mounted from another ' +
  'platform does not work. For an installation that is made elsewhere: `npm install --os=linux --cpu=x64 --libc=glibc`.'

/** What is wrong with an addon's file itself; undefined where it looks right for this machine. */
export function explainFile(path: string): LoadFailure | undefined {
  const file = readIfThere(path)
  if (file === undefined) return { reason: 'the file cannot be read', help: reinstall }
  if (process.platform !== 'linux') return undefined
  const elf = readElf(file)
  return elf ? explainElf(elf, file) : { ...explainForeign(file) }
}

function explainElf(elf: ElfFacts, file: Buffer): LoadFailure | undefined {
  if (elf.arch !== process.arch) {
    return { reason: `it is built for ${elf.arch}, and this Node is ${process.arch}`, help: copied }
  }
  if (!elf.complete) {
    return { reason: `it is cut short: its ${file.length} bytes end before its contents do`, help: reinstall }
  }
  const libc = hostLibc()
  if (libc?.name === 'musl' && elf.glibc !== undefined) {
    return {
      reason: `it needs glibc (${elf.glibc} or newer), and this system has musl`,
      help: 'Use a system with glibc, such as the image node:22-slim in place of node:22-alpine.',
    }
  }
  if (libc?.name === 'glibc' && elf.glibc !== undefined && minorOf(elf.glibc) > minorOf(libc.version)) {
    return {
      reason: `it needs glibc ${elf.glibc} or newer, and this system has ${libc.version}`,
      help: `Use a newer system (Debian 12, Ubuntu 22.04, RHEL 9 or later), or build it on this one from a git checkout: \`npm ci\`.`,
    }
  }
  return undefined
}

function explainForeign(file: Buffer): LoadFailure {
  const start = file.toString('latin1', 0, 64)
  if (file.length === 0) return { reason: 'the file is empty', help: reinstall }
  if (start.startsWith('MZ')) return { reason: 'it is built for Windows', help: copied }
  if (/^(\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(start))
    return { reason: 'it is built for macOS', help: copied }
  if (start.startsWith('version https://git-lfs')) {
    return { reason: 'it is a Git LFS pointer, not the file', help: 'Run `git lfs pull`.' }
  }
  return { reason: `it is no library: it starts with ${JSON.stringify(start.slice(0, 16))}`, help: reinstall }
}

const minorOf = (version: string) => Number(version.split('.')[1])

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

interface Pattern {
  readonly pattern: RegExp
  readonly explain: (found: string) => LoadFailure
}

/** What the dynamic linker or Node says, and what it means for this package. */
const patterns: readonly Pattern[] = [
  {
    pattern: /ERR_DLOPEN_DISABLED|loading addons is disabled|--no-addons/i,
    explain: () => ({
      reason: 'this Node may not load native addons',
      help: 'Start it without --no-addons; with the permission model, add --allow-addons.',
    }),
  },
  {
    pattern: /(\S+\.so[.\d]*): cannot open shared object|Error loading shared library (\S+?):/,
    explain: (library) => ({
      reason: `the system has no ${library}`,
      help: 'Install the package that holds it (`apt-file search` names it on Debian).',
    }),
  },
  {
    pattern: /static TLS block/,
    explain: () => ({
      reason: 'there is no room left for the thread-local memory of a library that it needs',
      help: 'Load twinfer before other addons.',
    }),
  },
  {
    pattern: /failed to map segment|Operation not permitted/,
    explain: () => ({
      reason: 'the system does not allow to execute files from there',
      help: 'Is that file system mounted with noexec? Install on another one.',
    }),
  },
  {
    pattern: /did not self-register|NODE_MODULE_VERSION/,
    explain: () => ({ reason: 'it is not an addon for this Node', help: 'Use Node 20.19 or newer.' }),
  },
]

/** A cause that shows only in the error; undefined where none is known. */
export function explainMessage(error: unknown): LoadFailure | undefined {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  for (const { pattern, explain } of patterns) {
    const match = pattern.exec(`${code} ${message}`)
    if (match) return explain(match.slice(1).find(Boolean) ?? '')
  }
  return undefined
}

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

/** Where the headers of every ELF file that a linker writes end. */
const headerBytes = 4096

/**
 * True for a library that ends before its headers say. Asked before each load, because the dynamic linker
 * maps such a file all the same, and the first access behind its end is a SIGBUS.
 */
export function isCutShort(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(headerBytes)
      const length = lengthOfElf(start.subarray(0, readSync(file, start)))
      return length !== undefined && length > fstatSync(file).size
    } finally {
      closeSync(file)
    }
  } catch {
    return false // Node says it better
  }
}
