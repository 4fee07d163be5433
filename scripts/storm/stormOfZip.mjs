import { crc32, deflateRawSync } from 'node:zlib'
import { choices, said } from './hostile.mjs'

/**
 * One change of an archive: the content of a member with all that follows from it, so that the change reaches what reads
 * members; or what its directory says, or any of its bytes, so that it does not. `changed` makes one change of the content
 * of a member by its name.
 */
export function stormOfZip(content, changed, next) {
  const { pick, below, name } = choices(next)
  const members = membersOf(content)
  // What says how the others are to be read, where there is such a one, is worth as much as all of them.
  const saying = members.find((one) => one.name.endsWith('.json'))
  const member = saying && next() < 0.6 ? saying : pick(members)
  const kind = next()
  if (kind < 0.55) {
    const { what, content: other } = changed(member, next)
    member.content = other
    return { what: `${member.name}: ${what}`, content: zipOf(members) }
  }
  if (kind < 0.65) {
    const to = next() < 0.2 ? pick(members).name : `${name()}${pick(['', '.npy', '/'])}`.slice(0, 60_000)
    const what = `${member.name} renamed ${said(to)}`
    member.name = to
    return { what, content: zipOf(members) }
  }
  if (kind < 0.7) {
    const what = pick(['left out', 'twice'])
    const rest = what === 'twice' ? [...members, member] : members.filter((other) => other !== member)
    return { what: `${member.name} ${what}`, content: zipOf(rest) }
  }
  if (kind < 0.71) {
    // Below what is refused by its size alone: the reader has to bear it.
    member.content = Buffer.concat([member.content, Buffer.alloc(2 ** 27)])
    member.deflated = true
    return { what: `${member.name} with 128 MiB of zeros`, content: zipOf(members) }
  }
  if (kind < 0.9) {
    const field = pick(Object.keys(fields))
    const value = pick(fields[field])
    member[field] = value
    return { what: `${member.name}: ${field} as ${value}`, content: zipOf(members) }
  }
  const bytes = Buffer.from(content)
  const at = next() < 0.5 ? bytes.length - 1 - below(Math.min(bytes.length, 400)) : below(bytes.length)
  bytes[at] = below(256)
  if (next() < 0.3) return { what: `cut at ${at}`, content: bytes.subarray(0, at) }
  return { what: `byte at ${at} to ${bytes[at]}`, content: bytes }
}

/** What a directory may say that does not hold. */
const fields = {
  deflated: [true],
  method: [8, 9, 12, 14, 93, 99, 65535],
  flags: [1, 8, 64, 0x800, 0x2000, 65535],
  crc: [0, 1, 2 ** 32 - 1],
  packed: [0, 1, 100, 2 ** 31, 2 ** 32 - 1],
  unpacked: [0, 1, 100, 2 ** 28, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1],
  offset: [0, 1, 2 ** 31, 2 ** 32 - 1],
  extra: [
    Buffer.alloc(3),
    Buffer.from('0100ffff', 'hex'),
    Buffer.from('01001c00', 'hex'),
    Buffer.alloc(60_000),
  ],
  count: [0, 1, 65534, 65535],
}

/** Members of an archive that is sound and not compressed, as `zipOf` writes it. */
function membersOf(content) {
  const members = []
  for (let at = 0; content.readUInt32LE(at) === localSignature; ) {
    const [length, named, more] = [
      content.readUInt32LE(at + 18),
      ...[26, 28].map((i) => content.readUInt16LE(at + i)),
    ]
    const start = at + 30 + named + more
    members.push({
      name: content.toString('utf8', at + 30, at + 30 + named),
      content: content.subarray(start, start + length),
    })
    at = start + length
  }
  return members
}

const localSignature = 0x04034b50

/** An archive whose directory says of each member what is so, unless the member itself says otherwise. */
export function zipOf(members) {
  const parts = []
  const directory = []
  let at = 0
  for (const member of members) {
    const { content, deflated = false, extra = Buffer.alloc(0), offset = at } = member
    const name = Buffer.from(member.name)
    const stored = deflated ? deflateRawSync(content) : content
    const { method = deflated ? 8 : 0, flags = 0x800, crc = crc32(content) } = member
    const { packed = stored.length, unpacked = content.length } = member
    const head = Buffer.alloc(26)
    for (const [value, place] of [
      [20, 0],
      [flags, 2],
      [method, 4],
      [0x21, 8],
      [name.length, 22],
      [extra.length, 24],
    ])
      head.writeUInt16LE(value, place)
    for (const [value, place] of [
      [crc, 10],
      [packed, 14],
      [unpacked, 18],
    ])
      head.writeUInt32LE(value, place)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, extra, stored])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, rest, name, extra]))
    parts.push(local)
    at += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  const count = members.find((member) => member.count !== undefined)?.count ?? members.length
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end])
}
