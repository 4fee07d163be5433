import type { OnnxValue } from './OnnxGraph.js'
import { onnxDType } from './onnxDType.js'
import type { ProtobufReader } from './ProtobufReader.js'

/** A ValueInfoProto: name, and type and shape where it is a tensor that states them. */
export function readValueInfo(reader: ProtobufReader): OnnxValue {
  let name = ''
  let type = 0
  let shape: number[] | null = null
  const readDimension = () => {
    let size = -1
    reader.readMessage((field) => {
      if (field === 1) size = reader.readVarint(true)
    }, null)
    shape?.push(size)
  }
  const readTensorType = (field: number) => {
    if (field === 1) type = reader.readVarint()
    if (field !== 2) return
    shape = []
    reader.readMessage((part) => {
      if (part === 1) readDimension()
    }, null)
  }
  reader.readMessage((field) => {
    if (field === 1) name = reader.readString()
    if (field === 2)
      reader.readMessage((kind) => {
        if (kind === 1) reader.readMessage(readTensorType, null)
      }, null)
  }, null)
  return { name, shape, dtype: onnxDType(type) }
}
