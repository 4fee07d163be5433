/** What decides where a Linux library loads. */
export interface ElfFacts {
  /** `x64`, `arm64`, `arm`, `ia32`, or `machine N`: as process.arch says it. */
  readonly arch: string
  /** Libraries that it needs beside it or in the system. */
  readonly needed: readonly string[]
  /** The newest `GLIBC_2.NN` that it asks for, as `2.NN`; undefined where it asks for none (musl). */
  readonly glibc: string | undefined
  /** False where the file ends before what its headers announce. */
  readonly complete: boolean
}

const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
}

// Tags of the dynamic section (ELF specification, and the GNU extension for symbol versions).
const DT_NEEDED = 1
const DT_STRTAB = 5
const DT_VERNEED = 0x6ffffffe
const DT_VERNEEDNUM = 0x6fffffff
const PT_LOAD = 1
const PT_DYNAMIC = 2

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

/** Reads a little-endian ELF file; undefined where it is none. Damaged parts are left out, never followed. */
export function readElf(file: Buffer): ElfFacts | undefined {
  if (!isElf(file)) return undefined
  const arch = machines[file.readUInt16LE(18)] ?? `machine ${file.readUInt16LE(18)}`
  try {
    const segments = readSegments(file)
    const complete = segments.every(({ offset, size }) => offset + size <= file.length)
    return { arch, complete, ...readDynamic(file, segments) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { arch, complete: false, needed: [], glibc: undefined }
  }
}

/** How long a file with this beginning has to be; undefined where it is no ELF file. */
export function lengthOfElf(start: Buffer): number | undefined {
  if (!isElf(start)) return undefined
  try {
    return Math.max(0, ...readSegments(start).map(({ offset, size }) => offset + size))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function isElf(file: Buffer): boolean {
  return file.length >= 20 && file.readUInt32BE(0) === 0x7f454c46 && file[5] === 1
}

/** The program headers: 56 bytes in a 64-bit file, 32 in a 32-bit one, with their fields in another order. */
function readSegments(file: Buffer): Segment[] {
  const wide = file[4] === 2
  const table = wide ? Number(file.readBigUInt64LE(32)) : file.readUInt32LE(28)
  const size = file.readUInt16LE(wide ? 54 : 42)
  const count = file.readUInt16LE(wide ? 56 : 44)
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * size
    const word = (index: number) =>
      wide ? Number(file.readBigUInt64LE(at + 8 * index)) : file.readUInt32LE(at + 4 * index)
    return { type: file.readUInt32LE(at), offset: word(1), address: word(2), size: word(4) }
  })
}

function readDynamic(file: Buffer, segments: readonly Segment[]): Pick<ElfFacts, 'needed' | 'glibc'> {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC)
  if (!dynamic) return { needed: [], glibc: undefined }
  const entries = dynamicEntries(file, dynamic)
  const place = (tag: number) => offsetOf(entries.find(([found]) => found === tag)?.[1], segments)
  const strings = place(DT_STRTAB)
  if (strings === undefined) return { needed: [], glibc: undefined }
  const text = (offset: number) => {
    const end = file.indexOf(0, strings + offset)
    return file.toString('latin1', strings + offset, end < 0 ? file.length : end)
  }
  const needed = entries.filter(([tag]) => tag === DT_NEEDED).map(([, value]) => text(value))
  const count = entries.find(([tag]) => tag === DT_VERNEEDNUM)?.[1] ?? 0
  return { needed, glibc: newest(neededVersions(file, place(DT_VERNEED), count).map(text)) }
}

function dynamicEntries(file: Buffer, { offset, size }: Segment): [tag: number, value: number][] {
  const wide = file[4] === 2
  const each = wide ? 16 : 8
  return Array.from({ length: Math.floor(size / each) }, (_, i) => {
    const at = offset + i * each
    return wide
      ? [Number(file.readBigInt64LE(at)), Number(file.readBigUInt64LE(at + 8))]
      : [file.readInt32LE(at), file.readUInt32LE(at + 4)]
  })
}

/** The file offset of a virtual address. */
function offsetOf(address: number | undefined, segments: readonly Segment[]): number | undefined {
  if (address === undefined) return undefined
  const holder = segments.find(
    (segment) =>
      segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
  )
  return holder && address - holder.address + holder.offset
}

/** Offsets of the names of all versions: a list of libraries, each with a list of versions. */
function neededVersions(file: Buffer, start: number | undefined, count: number): number[] {
  const names: number[] = []
  for (let i = 0, library = start; library !== undefined && i < count; i++) {
    const versions = file.readUInt16LE(library + 2)
    for (let j = 0, at = library + file.readUInt32LE(library + 8); j < versions; j++) {
      names.push(file.readUInt32LE(at + 8))
      at += file.readUInt32LE(at + 12)
    }
    library += file.readUInt32LE(library + 12)
  }
  return names
}

function newest(versions: readonly string[]): string | undefined {
  const minors = versions
    .map((version) => /^GLIBC_2\.(\d+)/.exec(version)?.[1])
    .filter((minor) => minor !== undefined)
  return minors.length === 0 ? undefined : `2.${Math.max(...minors.map(Number))}`
}
