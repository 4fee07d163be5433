import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseNpy, readNpy } from '../../dist/tensor/npy/readNpy.js'
import { fixture } from '../helpers/fixtures.js'
import { bytesOf, npyBytes, npyDict } from '../helpers/npyBytes.js'
import { sharedModels } from '../helpers/shared.js'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

t.test('a plain array in C order is read as it is', (t) => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6)
  const tensor = parseNpy(npyBytes(npyDict('<f4', '(2, 3)'), bytesOf(data)))
  t.strictSame(tensor.data, data)
  t.strictSame(tensor.shape, [2, 3])
  t.equal(tensor.dtype, 'float32')
  t.equal(tensor.layout, 'NCHW')
  t.end()
})

t.test('Fortran order becomes C order', (t) => {
  // The columns of [[1, 2, 3], [4, 5, 6]] one after the other.
  const data = bytesOf(Float32Array.of(1, 4, 2, 5, 3, 6))
  t.strictSame([...parseNpy(npyBytes(npyDict('<f4', '(2, 3)', true), data)).data], [1, 2, 3, 4, 5, 6])
  t.end()
})

t.test(
  'Fortran order of three dimensions, of bigints and with dimensions of 1 and 0 becomes C order',
  (t) => {
    const sizes = [2, 3, 4] as const
    const fortran = new BigInt64Array(24)
    for (let a = 0; a < 2; a++)
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 4; c++) fortran[a + 2 * (b + 3 * c)] = BigInt(100 * a + 10 * b + c)
    const { data } = parseNpy(npyBytes(npyDict('<i8', '(2, 3, 4)', true), bytesOf(fortran)))
    let index = 0
    for (let a = 0; a < sizes[0]; a++)
      for (let b = 0; b < sizes[1]; b++)
        for (let c = 0; c < sizes[2]; c++) t.equal(data[index++], BigInt(100 * a + 10 * b + c))
    const read = (shape: string, bytes: number[]) =>
      [...parseNpy(npyBytes(npyDict('|u1', shape, true), Uint8Array.from(bytes))).data].join()
    t.equal(read('(1, 2, 1, 2)', [1, 3, 2, 4]), '1,2,3,4')
    t.equal(read('(2, 2, 1)', [1, 3, 2, 4]), '1,2,3,4')
    t.equal(read('(1, 4)', [1, 2, 3, 4]), '1,2,3,4')
    t.equal(read('()', [7]), '7')
    t.equal(read('(2, 0, 2)', []), '')
    t.end()
  },
)

t.test('every element type is read in both byte orders', (t) => {
  const cases: [type: string, dtype: string, bigEndian: string, value: number | bigint][] = [
    ['f2', 'float16', '3c01', 0x3c01],
    ['f4', 'float32', '40490fdb', 3.1415927410125732],
    ['f8', 'float64', '400921fb54442d18', Math.PI],
    ['i1', 'int8', 'fe', -2],
    ['i2', 'int16', 'fffe', -2],
    ['i4', 'int32', 'fffffffe', -2],
    ['i8', 'int64', 'fffffffffffffffe', -2n],
    ['u1', 'uint8', 'fe', 254],
    ['u2', 'uint16', '0102', 258],
    ['u4', 'uint32', 'fffffffe', 4294967294],
    ['u8', 'uint64', 'fffffffffffffffe', 18446744073709551614n],
    ['b1', 'bool', '01', 1],
  ]
  for (const [type, dtype, big, value] of cases) {
    for (const [order, bytes] of [
      ['>', hex(big)],
      ['<', hex(big).reverse()],
    ] as const) {
      const tensor = parseNpy(npyBytes(npyDict(order + type, '(1,)'), bytes))
      t.equal(tensor.dtype, dtype)
      t.equal(tensor.data[0], value, `${order}${type}`)
    }
  }
  t.end()
})

t.test("'=' and '|' mean the machine's own byte order", (t) => {
  for (const order of ['=', '|', '']) {
    const bytes = npyBytes(npyDict(`${order}f4`, '(1,)'), bytesOf(Float32Array.of(1.5)))
    t.equal(parseNpy(bytes).data[0], 1.5)
  }
  t.equal(parseNpy(npyBytes(npyDict('|b1', '(2,)'), Uint8Array.of(1, 0))).dtype, 'bool')
  t.end()
})

t.test('big-endian and Fortran order together', (t) => {
  const bytes = npyBytes(npyDict('>u2', '(2, 2)', true), hex('0001000300020004'))
  t.strictSame([...parseNpy(bytes).data], [1, 2, 3, 4])
  t.end()
})

t.test('format versions 1.0, 2.0 and 3.0 are read', (t) => {
  for (const version of [1, 2, 3] as const) {
    const bytes = npyBytes(npyDict('<f4', '(1,)'), bytesOf(Float32Array.of(4)), { version })
    t.equal(parseNpy(bytes).data[0], 4, `version ${version}.0`)
  }
  t.end()
})

t.test('a scalar has the shape []', (t) => {
  const tensor = parseNpy(npyBytes(npyDict('<f8', '()'), bytesOf(Float64Array.of(2.5))))
  t.strictSame(tensor.shape, [])
  t.equal(tensor.data[0], 2.5)
  t.end()
})

t.test(
  'headers are read as Python reads them: any key order, spaces, quotes, long integers, no last comma',
  (t) => {
    const headers = [
      `{"shape":(2,),"fortran_order":False,"descr":"<u2"}`,
      `  { 'fortran_order' : False ,\t'shape' : ( 2L , ) , 'descr' : '<u2' }   `,
      `{'descr': ('<u2'), 'fortran_order': (False), 'shape': (2,)}`,
    ]
    for (const header of headers) {
      t.strictSame([...parseNpy(npyBytes(header, Uint8Array.of(1, 0, 2, 0))).data], [1, 2], header)
    }
    t.end()
  },
)

t.test('bytes at an odd offset of a larger buffer are read, and stay as they were', (t) => {
  const bytes = npyBytes(npyDict('>u2', '(2,)'), hex('01020304'))
  const outer = new Uint8Array(bytes.length + 3)
  outer.set(bytes, 3)
  const inner = Buffer.from(outer.buffer, 3)
  const tensor = parseNpy(inner)
  t.strictSame([...tensor.data], [0x0102, 0x0304])
  t.strictSame(new Uint8Array(inner), bytes)
  ;(tensor.data as Uint16Array)[0] = 0
  t.strictSame(new Uint8Array(inner), bytes, 'the data are a copy')
  t.end()
})

t.test('a file is read, whatever the length of its header', async (t) => {
  const data = Float32Array.of(1, 2)
  const long = npyDict('<f4', '(2,)').padStart(20000)
  const folder = t.testdir({
    'short.npy': Buffer.from(npyBytes(npyDict('<f4', '(2,)'), bytesOf(data))),
    'long.npy': Buffer.from(npyBytes(long, bytesOf(data))),
    'empty.npy': Buffer.from(npyBytes(npyDict('<f4', '(0, 3)'), new Uint8Array(0))),
  })
  t.strictSame((await readNpy(join(folder, 'short.npy'))).data, data)
  t.strictSame((await readNpy(join(folder, 'long.npy'))).data, data)
  t.strictSame((await readNpy(join(folder, 'empty.npy'))).shape, [0, 3])
})

t.test('a real file in Fortran order gives the element that its indices name', async (t) => {
  const file = fixture('tiny-ecapa-tdnn/input.npy')
  const bytes = await readFile(file)
  t.match(bytes.toString('latin1', 0, 128), "'fortran_order': True")
  const tensor = await readNpy(file)
  t.strictSame(tensor.shape, [1, 60, 120])
  const start = bytes.length - 4 * 60 * 120
  for (const [row, column] of [
    [0, 1],
    [1, 0],
    [59, 118],
    [17, 101],
  ] as const) {
    t.equal(tensor.data[row * 120 + column], bytes.readFloatLE(start + 4 * (row + 60 * column)))
  }
})

const models = sharedModels() ?? ''
const skip = models === '' && '../shared/models is not here'

t.test('inputs and outputs of the shared models are read', { skip }, async (t) => {
  t.strictSame((await readNpy(join(models, 'tiny-unet/expected.npy'))).shape, [1, 11, 64, 64])
  t.strictSame((await readNpy(join(models, 'ppocrv4-det/input.npy'))).shape, [1, 3, 384, 768])
})
