import type { OnnxAttribute } from './OnnxGraph.js'
import type { ProtobufReader } from './ProtobufReader.js'
import { readTensor } from './readTensor.js'

/** An AttributeProto, as its name and value; null for what is of no use here (subgraphs, types). */
export function readAttribute(reader: ProtobufReader, file: string): [name: string, value: OnnxAttribute] {
  let name = ''
  let value: OnnxAttribute = null
  let type = 0
  const floats: number[] = []
  const ints: number[] = []
  const strings: string[] = []
  reader.readMessage((field) => {
    switch (field) {
      case 1:
        name = reader.readString()
        break
      case 2:
        value = reader.readFloat()
        break
      case 3:
        value = Number(reader.readVarint64())
        break
      case 4:
        value = reader.readString()
        break
      case 5:
        value = readTensor(reader, file)
        break
      case 7:
        reader.readPackedFloat(floats)
        break
      case 8:
        reader.readPackedVarint(ints, true)
        break
      case 9:
        strings.push(reader.readString())
        break
      case 20:
        type = reader.readVarint()
    }
  }, null)
  // An empty list leaves nothing behind but its type.
  const lists: Readonly<Record<number, readonly number[] | readonly string[]>> = {
    6: floats,
    7: ints,
    8: strings,
  }
  const list = lists[type] ?? [ints, floats, strings].find(({ length }) => length > 0)
  return [name, value ?? list ?? null]
}
