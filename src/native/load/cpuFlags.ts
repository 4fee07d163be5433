import { readFileSync } from 'node:fs'

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
