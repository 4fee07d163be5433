import { PbfWriter } from 'pbf'

export interface TensorFields {
  name: string
  dims: readonly number[]
  type: number
  raw?: Uint8Array
  floats?: readonly number[]
  int32s?: readonly number[]
  int64s?: readonly number[]
  doubles?: readonly number[]
  uint64s?: readonly number[]
  external?: Readonly<Record<string, string>>
}

/** The bytes of an .onnx with these initializers and nothing else. */
export function onnxFile(tensors: readonly TensorFields[]): Uint8Array {
  const model = new PbfWriter()
  model.writeTag(1, 0)
  model.writeVarint(8)
  model.writeMessage(
    7,
    (_, graph) => {
      for (const tensor of tensors) graph.writeMessage(5, writeTensor, tensor)
    },
    null,
  )
  return model.finish()
}

function writeTensor(tensor: TensorFields, writer: PbfWriter): void {
  writer.writePackedVarint(1, [...tensor.dims])
  writer.writeTag(2, 0)
  writer.writeVarint(tensor.type)
  writer.writePackedFloat(4, [...(tensor.floats ?? [])])
  writer.writePackedVarint(5, [...(tensor.int32s ?? [])])
  writer.writePackedVarint(7, [...(tensor.int64s ?? [])])
  writeBytes(writer, 8, Buffer.from(tensor.name))
  if (tensor.raw) writeBytes(writer, 9, tensor.raw)
  writer.writePackedDouble(10, [...(tensor.doubles ?? [])])
  writer.writePackedVarint(11, [...(tensor.uint64s ?? [])])
  for (const [key, value] of Object.entries(tensor.external ?? {})) {
    writer.writeMessage(
      13,
      (_, entry) => {
        writeBytes(entry, 1, Buffer.from(key))
        writeBytes(entry, 2, Buffer.from(value))
      },
      null,
    )
  }
  if (!tensor.external) return
  writer.writeTag(14, 0)
  writer.writeVarint(1)
}

function writeBytes(writer: PbfWriter, field: number, bytes: Uint8Array): void {
  writer.writeTag(field, 2)
  writer.writeBytes(bytes)
}
