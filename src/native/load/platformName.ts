import { cpuFlags } from './cpuFlags.js'
import { hostLibc } from './hostLibc.js'

/** Like `linux-x64 (glibc 2.36, Node v20.20.2, CPU with avx avx2 f16c)`. */
export function platformName(): string {
  const libc = hostLibc()
  const flags = cpuFlags()
  const parts = [
    libc && `${libc.name} ${libc.version}`.trim(),
    process.versions.electron ? `Electron ${process.versions.electron}` : `Node ${process.version}`,
    flags.length > 0 && `CPU with ${flags.join(' ')}`,
  ]
  return `${process.platform}-${process.arch} (${parts.filter(Boolean).join(', ')})`
}
