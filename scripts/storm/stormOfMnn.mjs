import { mutateMnn } from '../../bench/lib/mutations.mjs'

/**
 * One mutation of an .mnn: up to four single changes, words aimed at, the structure of its flatbuffer, an end that is
 * missing, or bytes of another model. `weights` are ranges that single changes leave alone, for any bytes are weights.
 */
export function stormOfMnn({ content, weights }, other, next) {
  const kind = next()
  const times = kind >= 0.8 || next() < 0.8 ? 1 : 2 + Math.floor(next() * 3)
  const change = kind < 0.25 ? anyChange : kind < 0.65 ? aimed : kind < 0.8 ? structure : undefined
  if (!change) return kind < 0.86 ? truncated(content, next) : crossed(content, other, next)
  const said = []
  let changed = content
  for (let i = 0; i < times && changed.length >= 8; i++) {
    const made = change(changed, weights, next)
    said.push(made.what)
    changed = made.content
  }
  return { what: said.join('; '), content: changed }
}

const anyChange = (content, weights, next) => mutateMnn({ content, weights }, next)

const pickOf = (next) => (list) => list[Math.floor(next() * list.length)]

/** A word that looks like a whole number: sizes, counts, kinds and offsets, which MNN divides by, indexes with, allocates. */
function aimed(original, weights, next) {
  const pick = pickOf(next)
  const content = Buffer.from(original)
  const at = pick(
    wordsOutside(content, weights).filter((place) => Math.abs(content.readInt32LE(place)) < 1 << 24),
  )
  if (at === undefined) return anyChange(original, weights, next)
  const old = content.readInt32LE(at)
  if (next() < 0.25) {
    const place = at + Math.floor(next() * 4)
    content[place] = Math.floor(next() * (next() < 0.5 ? 16 : 256))
    return { what: `byte of ${old} at ${place} to ${content[place]}`, content }
  }
  const value = pick([0, 1, -1, 9, 2 ** 31 - 1, old + 1, old - 1, old * 2, 2 + Math.floor(next() * 30)]) | 0
  content.writeInt32LE(value, at)
  return { what: `aimed ${old} to ${value} at ${at}`, content }
}

/** An offset, the length of a vector or string, or where a table says that a field is. */
function structure(original, weights, next) {
  const pick = pickOf(next)
  const content = Buffer.from(original)
  const { offsets, lengths, fields } = structureOf(content, weights)
  const kind = next()
  if (kind < 0.4 && offsets.length > 0) {
    const at = pick(offsets)
    const another = pick(offsets)
    const old = content.readUInt32LE(at)
    const elsewhere = another + content.readUInt32LE(another) - at
    const value = pick([
      0,
      4,
      old + 4,
      old - 4,
      old + 1,
      elsewhere,
      elsewhere,
      content.length - at,
      2 ** 31,
      -1,
    ])
    content.writeUInt32LE(value >>> 0, at)
    return { what: `offset ${old} to ${value} at ${at}`, content }
  }
  if (kind < 0.75 && lengths.length > 0) {
    const at = pick(lengths)
    const old = content.readUInt32LE(at)
    const value = pick([0, old + 1, old - 1, old * 2, old >>> 1, 2 ** 30, 2 ** 31 - 1, 2 ** 32 - 1])
    content.writeUInt32LE(value >>> 0, at)
    return { what: `length ${old} to ${value} at ${at}`, content }
  }
  if (fields.length === 0) return anyChange(original, weights, next)
  const at = pick(fields)
  const old = content.readUInt16LE(at)
  const value = pick([
    0,
    0,
    4,
    old + 2,
    old + 4,
    Math.max(0, old - 4),
    content.readUInt16LE(pick(fields)),
    65535,
  ])
  content.writeUInt16LE(Math.min(value, 65535), at)
  return { what: `field ${old} to ${value} at ${at}`, content }
}

/**
 * Places that look like what they are, without the schema: a word that leads to a table or a vector inside the file is an
 * offset. Numbers that only look like it are changed as well, which does no harm.
 */
function structureOf(content, weights) {
  const offsets = []
  const lengths = new Set()
  const fields = new Set()
  for (const at of wordsOutside(content, weights)) {
    const target = at + content.readUInt32LE(at)
    if (target === at || target % 4 !== 0 || target + 4 > content.length) continue
    const places = fieldsOf(content, target - content.readInt32LE(target))
    const length = content.readUInt32LE(target)
    if (places) for (const place of places) fields.add(place)
    else if (length > 0 && target + 4 + length <= content.length) lengths.add(target)
    else continue
    offsets.push(at)
  }
  return { offsets, lengths: [...lengths], fields: [...fields] }
}

/** Where the fields of a table are said, if that is what begins here: its own size, the table's, then a place in it each. */
function fieldsOf(content, start) {
  if (start < 0 || start % 2 !== 0 || start + 4 > content.length) return undefined
  const [own, table] = [content.readUInt16LE(start), content.readUInt16LE(start + 2)]
  if (own < 4 || own > 256 || own % 2 !== 0 || table < 4 || start + own > content.length) return undefined
  const places = []
  for (let place = start + 4; place < start + own; place += 2) places.push(place)
  return places.every((place) => content.readUInt16LE(place) < table) ? places : undefined
}

function wordsOutside(content, weights) {
  const places = []
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const inside = weights.find(([start, end]) => at >= start && at < end)
    if (inside) at = Math.max(at, (inside[1] & ~3) - 4)
    else places.push(at)
  }
  return places
}

function truncated(content, next) {
  const at = next() < 0.7 ? Math.floor(next() * content.length) : content.length - 1 - Math.floor(next() * 64)
  return { what: `cut at ${at}`, content: content.subarray(0, Math.max(0, at)) }
}

/** A slice of another model over this one's bytes, at its own place or elsewhere, or between them. */
function crossed(content, other, next) {
  const from = Math.floor(next() * other.content.length) & ~3
  const slice = other.content.subarray(from, from + 4 * 2 ** Math.floor(next() * 12))
  const at = next() < 0.5 ? Math.min(from, content.length) : Math.floor(next() * content.length) & ~3
  const behind = next() < 0.75 ? at + slice.length : at
  const said = `${slice.length} bytes at ${from} of ${other.name} ${behind === at ? 'before' : 'over'} ${at}`
  return { what: said, content: Buffer.concat([content.subarray(0, at), slice, content.subarray(behind)]) }
}
