import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

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

export interface Libc {
  readonly name: 'glibc' | 'musl'
  /** `''` for musl, which Node does not ask. */
  readonly version: string
}

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string }
  readonly sharedObjects?: readonly string[]
}

let known: Libc | null | undefined

/** The C library that this Node runs on; null where there is no choice (not Linux) or it cannot be told. */
export function hostLibc(): Libc | null {
  known ??= process.platform === 'linux' && process.report ? readLibc() : null
  return known
}

/** Only a Node linked against glibc reports its version; musl shows in the name of the loader. */
function readLibc(): Libc | null {
  const { header, sharedObjects = [] } = process.report.getReport() as unknown as Report
  if (header.glibcVersionRuntime) return { name: 'glibc', version: header.glibcVersionRuntime }
  return sharedObjects.some((file) => file.includes('ld-musl')) ? { name: 'musl', version: '' } : null
}

/** Those that the engines have kernels for, and that tell a person what kind of processor this is. */
const telling = [
  'avx',
  'avx2',
  'f16c',
  'fma',
  'avx512f',
  'avx512_vnni',
  'neon',
  'vfpv4',
  'asimd',
  'asimdhp',
  'asimddp',
  'i8mm',
  'bf16',
  'sve',
]

/** CPU features as the system tells them, without the addon: [] where it does not. */
export function cpuFlags(): readonly string[] {
  try {
    const [, flags = ''] =
      /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1')) ?? []
    const present = new Set(flags.split(' '))
    return telling.filter((name) => present.has(name))
  } catch {
    return []
  }
}

/** What a processor is told from others by. */
export interface CpuIdentity {
  readonly model: string
  readonly logicalCpus: number
  /** Those that the engines have kernels for. */
  readonly features: readonly string[]
}

export function cpuIdentity(): CpuIdentity {
  return {
    model: cpus()[0]?.model.trim() || 'unknown',
    logicalCpus: availableParallelism(),
    features: cpuFlags(),
  }
}
