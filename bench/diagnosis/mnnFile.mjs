// Where numbers lie in an .mnn, read by the exam itself with flatbuffers' rules: changes are made in place.
import { ByteBuffer } from 'flatbuffers'

/** Fields of MNN's tables by their place in the schema. */
const net = { oplists: 3 }
const op = { mainType: 1, main: 2, name: 3, type: 5 }
const convolution = { common: 0 }
const common = { relu: 12, relu6: 13 }
const kinds = { Convolution2D: 9 }

/** Operators as { name, type, typeAt, relu, relu6 }: `…At` are offsets of the bytes, 0 where the field is not written. */
export function operatorsOf(mnn) {
  const bytes = new ByteBuffer(new Uint8Array(mnn.buffer, mnn.byteOffset, mnn.byteLength))
  const field = (table, id) => {
    const vtable = table - bytes.readInt32(table)
    const at = 4 + 2 * id
    const offset = at < bytes.readInt16(vtable) ? bytes.readInt16(vtable + at) : 0
    return offset === 0 ? 0 : table + offset
  }
  const follow = (at) => at + bytes.readInt32(at)
  const text = (at) => bytes.__string(at, 0)
  const root = follow(0)
  const list = follow(field(root, net.oplists))
  return Array.from({ length: bytes.readInt32(list) }, (_, i) => {
    const table = follow(list + 4 + 4 * i)
    const typeAt = field(table, op.type)
    const mainType = field(table, op.mainType)
    const found = {
      name: field(table, op.name) ? text(field(table, op.name)) : '',
      typeAt,
      type: typeAt ? bytes.readInt32(typeAt) : 0,
      reluAt: 0,
      relu6At: 0,
    }
    if (mainType && bytes.readUint8(mainType) === kinds.Convolution2D) {
      const parameters = follow(field(table, op.main))
      const shared = follow(field(parameters, convolution.common))
      found.reluAt = onlyIfSet(bytes, field(shared, common.relu))
      found.relu6At = onlyIfSet(bytes, field(shared, common.relu6))
    }
    return found
  })
}

function onlyIfSet(bytes, at) {
  return at && bytes.readUint8(at) ? at : 0
}

/** Where the values of ncnn's tensor lie in an .mnn of the same network, or undefined: converters keep some of them. */
export function findValues(mnn, bin, { offset, count }) {
  const wanted = bin.subarray(offset, offset + 4 * count)
  const at = mnn.indexOf(wanted)
  return at >= 0 && mnn.indexOf(wanted, at + 1) < 0 ? at : undefined
}
