import { TwinferError } from '../../errors/TwinferError.js'
import { arrayForDType } from '../../tensor/arrayForDType.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { TypedArray } from '../../tensor/TypedArray.js'
import { onnxDType } from './onnxDType.js'
import { ProtobufReader } from './ProtobufReader.js'
import { readExternalData } from './readExternalData.js'
import type { TensorProto } from './TensorProto.js'

/** Decodes a tensor's values into an array of its own. */
export function tensorData(proto: TensorProto, file: string): TypedArray {
  const dtype = onnxDType(proto.type)
  if (dtype === null) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${file}: tensor '${proto.name}' has element type ${proto.type}: expected plain numbers of 8 to 64 bits`,
      { help: 'Export the model with float32 weights.' },
    )
  }
  const ArrayType = arrayForDType(dtype)
  const expected = elementsOf(proto.dims) * ArrayType.BYTES_PER_ELEMENT
  const bytes = storedBytes(proto, expected, file)
  if (bytes === null) return decodeVarints(proto, new ArrayType(elementsOf(proto.dims)), file)
  if (bytes.length !== expected) throw wrongSize(proto, `${expected} bytes`, `${bytes.length}`, file)
  // A copy, because typed arrays must start at a multiple of their element size.
  return new ArrayType(new Uint8Array(bytes).buffer)
}

/** The little-endian bytes, or null where the values are stored as varints. */
function storedBytes(proto: TensorProto, expected: number, file: string): Uint8Array | null {
  if (proto.isExternal) return readExternalData(proto, expected, file)
  if (proto.raw) return proto.raw
  if (proto.varints.length > 0) {
    const most = proto.varints.reduce((total, piece) => total + piece.length, 0)
    // A varint takes a byte at least: a shape of 2^50 elements is refused before it is allocated.
    if (most < elementsOf(proto.dims))
      throw wrongSize(proto, `${elementsOf(proto.dims)} values`, `at most ${most}`, file)
    return null
  }
  return Buffer.concat(proto.fixed)
}

function decodeVarints(proto: TensorProto, into: TypedArray, file: string): TypedArray {
  let count = 0
  for (const piece of proto.varints) {
    const reader = new ProtobufReader(piece, file)
    for (; reader.pos < piece.length; count++) {
      const value = reader.readVarint64()
      if (into instanceof BigInt64Array || into instanceof BigUint64Array) into[count] = value
      else into[count] = Number(value)
    }
  }
  if (count !== into.length) throw wrongSize(proto, `${into.length} values`, `${count}`, file)
  return into
}

function wrongSize({ name, dims }: TensorProto, expected: string, received: string, file: string) {
  return new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${file}: tensor '${name}' [${dims.join(', ')}]: expected ${expected}, received ${received}`,
    { help: 'Copy or export the model again.' },
  )
}
