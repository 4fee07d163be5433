import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { DType } from '../../dist/tensor/DType.js'
import { parseNpy, readNpy } from '../../dist/tensor/npy/readNpy.js'
import { formatNpy, writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const header = (bytes: Uint8Array) =>
  Buffer.from(bytes).toString('latin1', 10, 10 + bytes[8]! + 256 * bytes[9]!)

t.test('the bytes are those of NumPy: version 1.0, C order, data at a multiple of 64', (t) => {
  const bytes = formatNpy(new Tensor(Float32Array.of(1, -2), [1, 2]))
  t.equal(Buffer.from(bytes).toString('latin1', 0, 8), '\x93NUMPY\x01\x00')
  t.equal(header(bytes), `${"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117)}\n`)
  t.equal(Buffer.from(bytes.subarray(128)).toString('hex'), '0000803f000000c0')
  t.end()
})

t.test('shapes are written as Python tuples', (t) => {
  const shape = (sizes: number[]) => header(formatNpy(Tensor.zeros(sizes)))
  t.match(shape([]), "'shape': ()")
  t.match(shape([3]), "'shape': (3,)")
  t.match(shape([0, 2, 1]), "'shape': (0, 2, 1)")
  t.end()
})

t.test('every element type comes back as it was written', (t) => {
  const dtypes = 'float32 float64 float16 int8 uint8 int16 uint16 int32 uint32 int64 uint64 bool'.split(
    ' ',
  ) as DType[]
  const random = seededRandom(3)
  for (const dtype of dtypes) {
    const tensor = Tensor.zeros([2, 3], dtype)
    const raw = new Uint8Array(tensor.data.buffer)
    // 0..63: no NaN patterns, which would not equal themselves.
    for (let i = 0; i < raw.length; i++) raw[i] = Math.floor(random() * 64)
    const back = parseNpy(formatNpy(tensor))
    t.equal(back.dtype, dtype)
    t.strictSame(back.shape, [2, 3])
    t.strictSame(back.data, tensor.data)
  }
  t.end()
})

t.test('random shapes come back as they were written', (t) => {
  const random = seededRandom(4)
  for (let round = 0; round < 50; round++) {
    const shape = Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * 4))
    const tensor = Tensor.zeros(shape)
    for (let i = 0; i < tensor.length; i++) tensor.data[i] = random()
    const back = parseNpy(formatNpy(tensor))
    t.strictSame([back.shape, back.data], [shape, tensor.data])
  }
  t.end()
})

t.test('bfloat16, which NumPy has not, is widened to float32', (t) => {
  const back = parseNpy(formatNpy(new Tensor(Uint16Array.of(0x3f80, 0xc040), [2], { dtype: 'bfloat16' })))
  t.equal(back.dtype, 'float32')
  t.strictSame([...back.data], [1, -3])
  t.end()
})

t.test('only the part of a buffer that the array shows is written', (t) => {
  const whole = Float32Array.of(9, 1, 2, 9)
  t.strictSame([...parseNpy(formatNpy(new Tensor(whole.subarray(1, 3), [2]))).data], [1, 2])
  t.end()
})

t.test('a file is written over a longer one that was there, and reads the same', async (t) => {
  const file = join(t.testdir({ 'a.npy': 'x'.repeat(5000) }), 'a.npy')
  const tensor = new Tensor(Float64Array.of(1, 2, 3), [3])
  await writeNpy(file, tensor)
  t.equal((await stat(file)).size, 128 + 24)
  t.strictSame(new Uint8Array(await readFile(file)), formatNpy(tensor))
  t.strictSame((await readNpy(file)).data, tensor.data)
})

t.test('what cannot be written is refused with a code', async (t) => {
  const folder = t.testdir({})
  const tensor = Tensor.zeros([1])
  await t.rejects(writeNpy(join(folder, 'none/a.npy'), tensor), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /folder/,
  })
  await t.rejects(writeNpy(folder, tensor), { code: 'TWINFER_FILE_UNREADABLE' })
  await t.rejects(writeNpy(undefined as never, tensor), { code: 'TWINFER_INVALID_ARGUMENT' })
  await t.rejects(writeNpy(join(folder, 'a.npy'), [1] as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  await t.rejects(stat(join(folder, 'a.npy')), { code: 'ENOENT' }, 'nothing was created for it')
  t.throws(() => formatNpy(Tensor.zeros(new Array(65).fill(1))), { code: 'TWINFER_INVALID_ARGUMENT' })
})
