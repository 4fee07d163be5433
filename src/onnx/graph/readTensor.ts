import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { pathInside } from '../../file/pathInside.js'
import { arrayForDType, type DType, type TypedArray } from '../../tensor/DType.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { OnnxInitializer } from './OnnxGraph.js'
import { ProtobufReader } from './ProtobufReader.js'

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

/** A tensor as the file stores it. `raw`, `fixed` and `varints` are views of the file's bytes. */
interface TensorProto {
  name: string
  dims: number[]
  type: number
  raw: Uint8Array | null
  /** float_data and double_data: together they are what `raw` would be. */
  readonly fixed: Uint8Array[]
  /** int32_data, int64_data and uint64_data, still encoded. */
  readonly varints: Uint8Array[]
  /** `location`, `offset` and `length` of data in another file. */
  readonly external: Map<string, string>
  isExternal: boolean
}

/** Decodes a tensor's values into an array of its own. */
function tensorData(proto: TensorProto, file: string): TypedArray {
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

/** The bytes of a tensor whose data lie in a file of their own. */
function readExternalData(tensor: TensorProto, bytes: number, model: string): Uint8Array {
  const path = externalPath(tensor.external.get('location') ?? '', tensor.name, model)
  const offset = Number(tensor.external.get('offset') ?? 0)
  const handle = openSync(path, 'r')
  try {
    const stats = fstatSync(handle)
    const length = Number(tensor.external.get('length') ?? bytes)
    const fits = Number.isSafeInteger(offset) && offset >= 0 && offset + bytes <= stats.size
    if (!stats.isFile() || !fits || length !== bytes) {
      throw new TwinferError(
        stats.isFile() && length === bytes ? 'TWINFER_MODEL_TRUNCATED' : 'TWINFER_MODEL_INVALID',
        `${model}: tensor '${tensor.name}': expected ${bytes} bytes at ${offset} of ${path}, which has ${stats.size}; the model states ${length}`,
        { help: 'Copy the model together with its data file.' },
      )
    }
    const content = new Uint8Array(bytes)
    for (let done = 0; done < bytes; ) {
      const read = readSync(handle, content, done, Math.min(bytes - done, 2 ** 28), offset + done)
      if (read === 0) break
      done += read
    }
    return content
  } finally {
    closeSync(handle)
  }
}

/**
 * Where the data of a tensor lie that the model keeps in a file of their own. That file must be in the model's
 * folder, as the format demands: a model from elsewhere must not be able to read any file of this machine.
 *
 * Throws TWINFER_FILE_NOT_FOUND, and TWINFER_MODEL_INVALID for a file elsewhere.
 */
export function externalPath(location: string, name: string, model: string): string {
  const path = isAbsolute(location) ? undefined : pathInside(dirname(resolve(model)), location)
  if (path === undefined) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `${model}: the data of tensor '${name}' are in '${location}': expected a file in the model's folder`,
      { help: 'Copy the data file beside the model, and export with a relative path.' },
    )
  }
  try {
    return realpathSync(path)
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_FILE_NOT_FOUND',
      `${model}: no such file '${location}', where the data of tensor '${name}' are`,
      {
        cause,
        help: 'Copy the data file beside the model.',
      },
    )
  }
}

/** TensorProto.DataType of onnx.proto; strings, complex numbers and types of 8 bits and less are left out. */
const dtypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}

/** The element type, or null where this package has no array for it (strings, float8, int4 …). */
export function onnxDType(type: number): DType | null {
  return dtypes[type] ?? null
}
