import { TwinferError } from '../../errors/TwinferError.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { OnnxInitializer } from './OnnxGraph.js'
import { onnxDType } from './onnxDType.js'
import type { ProtobufReader } from './ProtobufReader.js'
import type { TensorProto } from './TensorProto.js'
import { tensorData } from './tensorData.js'

/** A TensorProto. `file` is the model's path: external data lie beside it. */
export function readTensor(reader: ProtobufReader, file: string): OnnxInitializer {
  const proto: TensorProto = {
    name: '',
    dims: [],
    type: 0,
    raw: null,
    fixed: [],
    varints: [],
    external: new Map(),
    isExternal: false,
  }
  reader.readMessage((field) => readField(field, proto, reader), null)
  const { name, dims: shape } = proto
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(elementsOf(shape))) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `${file}: tensor '${name}' has the shape [${shape.join(', ')}]: expected sizes from 0 up`,
      { help: 'Export the model again.' },
    )
  }
  const location = proto.isExternal ? (proto.external.get('location') ?? '') : null
  return { name, shape, dtype: onnxDType(proto.type), location, data: () => tensorData(proto, file) }
}

function readField(field: number, proto: TensorProto, reader: ProtobufReader): void {
  switch (field) {
    case 1:
      reader.readPackedVarint(proto.dims, true)
      break
    case 2:
      proto.type = reader.readVarint()
      break
    case 4:
    case 10:
      proto.fixed.push(reader.readPiece())
      break
    case 5:
    case 7:
    case 11:
      proto.varints.push(reader.readPiece())
      break
    case 8:
      proto.name = reader.readString()
      break
    case 9:
      proto.raw = reader.readBytes()
      break
    case 13:
      readEntry(reader, proto.external)
      break
    case 14:
      proto.isExternal = reader.readVarint() === 1
  }
}

function readEntry(reader: ProtobufReader, entries: Map<string, string>): void {
  const entry = { key: '', value: '' }
  reader.readMessage((field) => {
    if (field === 1) entry.key = reader.readString()
    if (field === 2) entry.value = reader.readString()
  }, null)
  entries.set(entry.key, entry.value)
}
