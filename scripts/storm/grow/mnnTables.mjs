import { Builder } from 'flatbuffers'

const adders = {
  bool: 'Int8',
  int8_t: 'Int8',
  uint8_t: 'Int8',
  int16_t: 'Int16',
  uint16_t: 'Int16',
  int32_t: 'Int32',
  uint32_t: 'Int32',
  int64_t: 'Int64',
  uint64_t: 'Int64',
  float: 'Float32',
}
const widths = { Int8: 1, Int16: 2, Int32: 4, Int64: 8, Float32: 4 }

/** The bytes of a table of MNN's schema out of an object with its fields: enums by name, tables and vectors inside. */
export function writeMnn({ tables, enums }, name, fields) {
  const builder = new Builder(1024)
  const number = (type, value) => {
    if (typeof value === 'string') return enums[type][value] ?? 0
    return /64/.test(type) ? BigInt(Math.trunc(value)) : Number(value)
  }

  function table(name, fields) {
    const written = tables[name].flatMap((field) => {
      const value = fields[field.name]
      if (value === undefined) return []
      if (field.stored) return [[field, value]]
      // A union: what is in it, the field before it says.
      const offset = reference(field.type === 'void' ? fields[`${field.name}_type`] : field.type, value)
      return offset === undefined ? [] : [[field, offset]]
    })
    builder.startObject(Math.max(...tables[name].map(({ slot }) => slot)) + 1)
    for (const [{ slot, type, stored, usual }, value] of written) {
      if (!stored) builder.addFieldOffset(slot, value, 0)
      else {
        const isWide = /64/.test(stored)
        const missing = isWide ? BigInt(Math.trunc(usual)) : usual
        builder[`addField${adders[stored]}`](slot, number(isWide ? stored : type, value), missing)
      }
    }
    return builder.endObject()
  }

  function reference(type, value) {
    if (type.endsWith('String')) return builder.createString(value)
    const [, inner] = /Vector<(.*)>$/.exec(type) ?? []
    if (inner === undefined) return tables[type] && table(type, value)
    const [, of] = /Offset<(.*)>$/.exec(inner) ?? []
    if (of === undefined) return vector(inner, value)
    const offsets = value.map((each) => reference(of, each))
    builder.startVector(4, offsets.length, 4)
    for (const offset of offsets.toReversed()) builder.addOffset(offset)
    return builder.endVector()
  }

  function vector(type, values) {
    const kind = adders[type] ?? 'Int32'
    builder.startVector(widths[kind], values.length, widths[kind])
    for (const value of values.toReversed()) builder[`add${kind}`](number(type, value))
    return builder.endVector()
  }

  builder.finish(table(name, fields))
  return Buffer.from(builder.asUint8Array())
}
