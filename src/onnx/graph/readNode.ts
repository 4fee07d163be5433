import type { OnnxAttribute, OnnxNode } from './OnnxGraph.js'
import type { ProtobufReader } from './ProtobufReader.js'
import { readAttribute } from './readAttribute.js'

/** A NodeProto. */
export function readNode(reader: ProtobufReader, file: string): OnnxNode {
  let name = ''
  let opType = ''
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: [string, OnnxAttribute][] = []
  reader.readMessage((field) => {
    if (field === 1) inputs.push(reader.readString())
    if (field === 2) outputs.push(reader.readString())
    if (field === 3) name = reader.readString()
    if (field === 4) opType = reader.readString()
    if (field === 5) attributes.push(readAttribute(reader, file))
  }, null)
  return { name, opType, inputs, outputs, attributes: Object.fromEntries(attributes) }
}
