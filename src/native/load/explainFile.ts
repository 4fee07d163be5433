import { readFileSync } from 'node:fs'
import { hostLibc } from './hostLibc.js'
import type { LoadFailure } from './LoadFailure.js'
import { type ElfFacts, readElf } from './readElf.js'

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
