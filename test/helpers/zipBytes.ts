import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  readonly deflate?: boolean
  /** What the directory says where that is not the truth. */
  readonly says?: {
    readonly crc?: number
    readonly size?: number
    readonly packedSize?: number
    readonly method?: number
    readonly flags?: number
    /** Points this entry at the data of that one. */
    readonly dataOf?: string
  }
}

/** A zip file put together by hand, so that it can lie in one place. */
export function zipBytes(entries: readonly ZipEntry[]): Buffer {
  const offsets = new Map<string, number>()
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let end = 0
  for (const { name, content, deflate = false, says = {} } of entries) {
    const packed = deflate ? deflateRawSync(content) : Buffer.from(content)
    const offset = says.dataOf === undefined ? end : offsets.get(says.dataOf)!
    const fields = {
      name: Buffer.from(name),
      // 0x800: the name is UTF-8.
      flags: 0x800 | (says.flags ?? 0),
      method: says.method ?? (deflate ? 8 : 0),
      crc: says.crc ?? crc32(content),
      packedSize: says.packedSize ?? packed.length,
      size: says.size ?? content.length,
    }
    directory.push(header(0x02014b50, fields, offset))
    if (says.dataOf !== undefined) continue
    offsets.set(name, offset)
    const local = Buffer.concat([header(0x04034b50, fields), packed])
    parts.push(local)
    end += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  return Buffer.concat([...parts, ...directory, endRecord(entries.length, size, end)])
}

interface Fields {
  readonly name: Buffer
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
}

/** Of the directory where an offset is given, else the one before the data. */
function header(signature: number, fields: Fields, offset?: number): Buffer {
  const isLocal = offset === undefined
  const bytes = Buffer.alloc(isLocal ? 30 : 46)
  const at = isLocal ? 4 : 6
  bytes.writeUInt32LE(signature, 0)
  bytes.writeUInt16LE(20, at)
  bytes.writeUInt16LE(fields.flags, at + 2)
  bytes.writeUInt16LE(fields.method, at + 4)
  bytes.writeUInt32LE(fields.crc, at + 10)
  bytes.writeUInt32LE(fields.packedSize, at + 14)
  bytes.writeUInt32LE(fields.size, at + 18)
  bytes.writeUInt16LE(fields.name.length, at + 22)
  if (!isLocal) bytes.writeUInt32LE(offset, 42)
  return Buffer.concat([bytes, fields.name])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(count, 8)
  bytes.writeUInt16LE(count, 10)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt32LE(offset, 16)
  return bytes
}
