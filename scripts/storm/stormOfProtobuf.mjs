import { choices, said } from './hostile.mjs'

/** One change of a protobuf: a number, a text, a length, a type, a field; mostly with the lengths round it set right. */
export function stormOfProtobuf(content, next) {
  const { pick, below, name } = choices(next)
  const places = fieldsIn(content, 0, content.length, [])
  const place = pick(places)
  const { at, start, end, number, wire } = place
  const own = content.subarray(start, end)
  const said_ = (what) =>
    `field ${[...place.above.map((one) => one.number), number].join('.')} at ${at}: ${what}`
  const done = (what, bytes) => ({ what: said_(what), content: replaced(content, place, bytes) })
  const kind = next()
  if (kind < 0.12) return renamedEverywhere(content, pick(places.filter(isName)), name())
  if (kind < 0.3 && wire === 0) {
    const value = pick(numbers)
    return done(`number ${said(value)}`, Buffer.concat([tag(number, 0), Buffer.from(value, 'hex')]))
  }
  if (kind < 0.5 && wire === 2) {
    const text = Buffer.from(name())
    return done(`text ${said(text.toString())}`, field(number, text))
  }
  if (kind < 0.6) {
    const type = below(8)
    return done(
      `wire type ${type}`,
      Buffer.concat([tag(number, type), content.subarray(at + place.tagLength, end)]),
    )
  }
  if (kind < 0.66) {
    const to = pick([0, 1, 2, 5, 7, 8, 9, 13, 14, 20, 2 ** 20])
    return done(`as field ${to}`, Buffer.concat([tag(to, wire), content.subarray(at + place.tagLength, end)]))
  }
  if (kind < 0.72 && wire === 2) {
    const cut = below(own.length + 1)
    return done(`cut after ${cut}`, field(number, own.subarray(0, cut)))
  }
  if (kind < 0.8 && wire === 2) {
    // The length alone: it leads out of its message, or the file.
    const length = pick([0, 1, own.length + 1, own.length * 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53])
    const bytes = Buffer.from(content)
    const changed = Buffer.concat([tag(number, 2), varint(length)])
    return {
      what: said_(`length ${length}`),
      content: Buffer.concat([bytes.subarray(0, at), changed, bytes.subarray(start)]),
    }
  }
  if (kind < 0.83) return done('left out', Buffer.alloc(0))
  if (kind < 0.86) {
    // Weights in another file, as a TensorProto says it: the graph's initializers are its field 5.
    const tensor = pick(places.filter((one) => one.number === 5 && one.above.length === 1)) ?? place
    const text = (key, value) =>
      field(13, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]))
    const path = name()
    const own = content.subarray(tensor.start, tensor.end)
    const bytes = field(tensor.number, Buffer.concat([own, text('location', path), tag(14, 0), varint(1)]))
    return { what: `tensor at ${tensor.at} in ${said(path)}`, content: replaced(content, tensor, bytes) }
  }
  if (kind < 0.9) {
    const times = pick([2, 3, 1000])
    const most = Math.max(1, Math.min(times, Math.floor(2 ** 24 / Math.max(1, end - at))))
    return done(`${most} times`, Buffer.concat(Array(most).fill(content.subarray(at, end))))
  }
  if (kind < 0.93) {
    let nested = Buffer.alloc(0)
    const depth = pick([10, 100, 5000])
    for (let i = 0; i < depth; i++) nested = field(pick([1, 5, 7, number]), nested)
    return done(`nested ${depth} deep`, field(number, nested))
  }
  if (kind < 0.96) {
    const other = pick(places)
    return done(`as the field at ${other.at}`, content.subarray(other.at, other.end))
  }
  const bytes = Buffer.from(content)
  const byte = pick([at, start, below(bytes.length)])
  if (byte >= bytes.length || next() < 0.4)
    return { what: `cut at ${byte}`, content: bytes.subarray(0, byte) }
  bytes[byte] = below(256)
  return { what: `byte at ${byte} to ${bytes[byte]}`, content: bytes }
}

const isName = ({ wire, start, end }) => wire === 2 && end - start > 1 && end - start < 64

/** One text by another wherever it stands: what refers to a tensor by its name still does. */
function renamedEverywhere(content, place, to) {
  if (!place) return { what: 'nothing', content }
  const old = Buffer.from(content.subarray(place.start, place.end))
  const isOld = ({ wire, start, end }) => wire === 2 && old.equals(content.subarray(start, end))
  const text = Buffer.from(to)
  const what = `${said(old.toString())} everywhere ${said(to)}`
  if (text.equals(old)) return { what, content }
  let changed = content
  for (;;) {
    content = changed
    const found = fieldsIn(content, 0, content.length, []).find(isOld)
    if (!found) return { what, content }
    changed = replaced(content, found, field(found.number, text))
  }
}

/** Varints: 0, 1, small ones, 2^31, 2^32, -1, 2^63, one that does not end, one that is too long. */
const numbers =
  '00 01 02 07 0e 64 8080808008 8080808010 ffffffffffffffffff01 80808080808080808001 ffffffff ffffffffffffffffffffff01'.split(
    ' ',
  )

/** All fields below, with those that each lies in; what can be read as a message is taken for one. */
function fieldsIn(content, from, until, above) {
  const found = []
  for (let at = from; at < until; ) {
    const key = readVarint(content, at, until)
    if (!key) return undefined
    const [number, wire] = [Math.floor(key.value / 8), key.value % 8]
    let [start, end] = [key.end, key.end]
    if (wire === 0) end = readVarint(content, start, until)?.end
    else if (wire === 1) end += 8
    else if (wire === 5) end += 4
    else if (wire === 2) {
      const length = readVarint(content, start, until)
      if (!length) return undefined
      start = length.end
      end = start + length.value
    } else return undefined
    if (end === undefined || end > until || number === 0) return undefined
    const place = { at, tagLength: key.end - at, start, end, number, wire, above }
    found.push(place)
    if (wire === 2 && end > start) found.push(...(fieldsIn(content, start, end, [...above, place]) ?? []))
    at = end
  }
  return found
}

function readVarint(content, at, until) {
  let value = 0
  for (let i = 0; i < 7 && at + i < until; i++) {
    value += (content[at + i] & 0x7f) * 2 ** (7 * i)
    if (content[at + i] < 0x80) return { value, end: at + i + 1 }
  }
}

function varint(value) {
  const bytes = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return Buffer.from([...bytes, value])
}

const tag = (number, wire) => varint(number * 8 + wire)
const field = (number, content) => Buffer.concat([tag(number, 2), varint(content.length), content])

/** The whole with other bytes for a field, and the lengths of all that it lies in. */
function replaced(content, { at, end, above }, bytes) {
  const outer = above.at(-1)
  if (!outer) return Buffer.concat([content.subarray(0, at), bytes, content.subarray(end)])
  const own = Buffer.concat([content.subarray(outer.start, at), bytes, content.subarray(end, outer.end)])
  return replaced(content, outer, field(outer.number, own))
}
