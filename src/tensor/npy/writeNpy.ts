import { open } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { requireWritable } from '../../zip/TargetFile.js'
import { float32Values } from '../convertTensor.js'
import type { DType } from '../DType.js'
import { requireTensor } from '../requireTensor.js'
import type { Tensor } from '../Tensor.js'
import { fileError } from './fileError.js'
import { isLittleEndianHost } from './parseHeader.js'

/**
 * Writes a .npy file as formatNpy describes it, over one that may be there, without a second copy of the
 * data in memory. Throws TWINFER_FILE_NOT_FOUND where the folder is missing, TWINFER_FILE_UNREADABLE where
 * the file cannot be written, and what formatNpy throws.
 */
export const writeNpy = answering(
  'writeNpy',
  async function writeNpy(file: string, tensor: Tensor): Promise<void> {
    if (typeof file !== 'string' || file === '') {
      throw new TwinferError(
        'TWINFER_INVALID_ARGUMENT',
        `file: expected a path, received ${describeValue(file)}`,
        {
          help: 'Give the path of the .npy file to write.',
        },
      )
    }
    const { header, data } = npyParts(tensor)
    try {
      await requireWritable(file)
      const handle = await open(file, 'w')
      try {
        await handle.writeFile(header)
        await handle.writeFile(data)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw await fileError(file, 'write', error)
    }
  },
)

/**
 * The content of a .npy file (version 1.0, C order) for a tensor. The format has no layout, so that is lost,
 * and no bfloat16, which is widened to float32 without loss. Throws TWINFER_INVALID_ARGUMENT or
 * TWINFER_BUFFER_DETACHED.
 */
export const formatNpy = answering('formatNpy', function formatNpy(tensor: Tensor): Uint8Array {
  const { header, data } = npyParts(tensor)
  const bytes = new Uint8Array(header.length + data.length)
  bytes.set(header)
  bytes.set(data, header.length)
  return bytes
})

/** A file's two parts; `data` is a view of the tensor's own memory, save for bfloat16. */
export function npyParts(tensor: Tensor): { header: Uint8Array; data: Uint8Array } {
  const { data, dtype, shape } = requireTensor(tensor, 'tensor')
  const values = dtype === 'bfloat16' ? float32Values(tensor) : data
  return {
    header: formatHeader(dtype === 'bfloat16' ? 'float32' : dtype, shape),
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  }
}

const types: Readonly<Record<Exclude<DType, 'bfloat16'>, string>> = {
  float32: 'f4',
  float64: 'f8',
  float16: 'f2',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  bool: 'b1',
}

/** The first bytes of a version 1.0 file. Data start at a multiple of 64, so that the file can be mapped. */
export function formatHeader(dtype: Exclude<DType, 'bfloat16'>, shape: readonly number[]): Uint8Array {
  if (shape.length > 64) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `shape: expected at most 64 dimensions, received ${shape.length}`,
      {
        help: 'NumPy reads no more; drop dimensions of 1.',
      },
    )
  }
  const type = types[dtype]
  const order = type.endsWith('1') ? '|' : isLittleEndianHost ? '<' : '>'
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': ${tuple}, }`
  const total = Math.ceil((10 + dict.length + 1) / 64) * 64
  const bytes = Buffer.alloc(total, ' ')
  bytes.write('\x93NUMPY\x01\x00', 'latin1')
  bytes.writeUInt16LE(total - 10, 8)
  bytes.write(dict, 10, 'latin1')
  bytes[total - 1] = 0x0a
  return bytes
}

/** Names that Windows keeps for devices, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i
const longest = 120

/**
 * Gives each tensor name a file name: tensor names may hold slashes, colons and anything else. Names that
 * become equal (also to a file system that ignores case) are numbered.
 */
export function npyFileNames(): (name: string) => string {
  const taken = new Set<string>()
  return (name) => {
    const stem = safeStem(name)
    let candidate = stem
    for (let number = 2; taken.has(candidate.toLowerCase()); number++) candidate = `${stem}_${number}`
    taken.add(candidate.toLowerCase())
    return `${candidate}.npy`
  }
}

function safeStem(name: string): string {
  const stem = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+|\.+$/g, '_')
    .slice(0, longest)
  if (stem === '') return 'output'
  return reserved.test(stem.split('.')[0]!) ? `_${stem}` : stem
}
