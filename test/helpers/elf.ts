import { spawnSync } from 'node:child_process'

/** Why ELF files cannot be read here, or nothing. */
export const noReadelf =
  process.platform === 'linux' && spawnSync('readelf', ['--version']).status === 0
    ? undefined
    : 'needs Linux with readelf'

/** What a shared object asks of the system that loads it. */
export interface Elf {
  /** The libraries that it is linked with. */
  readonly needed: string[]
  /** The symbols that it offers. */
  readonly exported: string[]
  /** The symbols that it leaves to others, with the version where it asks for one: `memcpy@GLIBC_2.14`. */
  readonly undefined: string[]
  /** The highest version that it needs of each version family, like `{ GLIBC: '2.28', GCC: '4.2.0' }`. */
  readonly versions: Readonly<Record<string, string>>
  /** Flags of the GNU_STACK segment, `RWE` where the stack would be executable. */
  readonly stack: string
  readonly stripped: boolean
}

export function readElf(file: string): Elf {
  const read = (...args: string[]) =>
    spawnSync('readelf', ['-W', ...args, file], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout
  const symbols = read('--dyn-syms')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  return {
    needed: [...read('-d').matchAll(/NEEDED.*\[(.*)\]/g)].map((match) => match[1]!),
    exported: symbols
      .filter(([, , , , binding, , section]) => binding === 'GLOBAL' && section !== 'UND')
      .map((columns) => columns[7]!)
      .sort(),
    undefined: symbols
      .filter(([, , , , , , section, name]) => section === 'UND' && name)
      .map((columns) => columns[7]!)
      .sort(),
    versions: highest([...read('-V').matchAll(/Name: ([A-Z]+)_([\d.]+)/g)]),
    stack: /GNU_STACK(?: +0x\w+){5} +(\w+)/.exec(read('-l'))?.[1] ?? 'absent',
    stripped: !read('-S').includes('.symtab'),
  }
}

/** Whether version a comes before version b, number by number. */
export function isOlder(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) < 0
}

function highest(found: readonly RegExpExecArray[]): Record<string, string> {
  const versions: Record<string, string> = {}
  for (const [, family, version] of found)
    if (isOlder(versions[family!] ?? '', version!)) versions[family!] = version!
  return versions
}
